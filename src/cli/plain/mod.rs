//! `--plain`: the workbench as plain lines, for screen readers and pipes: a sentence for each arrival, commands by line.
//!
//! Nothing moves and nothing is drawn over: what was said stays said. The answers come from the same facts as the panes.

mod answers;
mod request;
mod sentences;

use std::io::{BufRead, Read, stdin};

use tokio::sync::{broadcast::error::RecvError, mpsc};

use self::{answers::Desk, request::Request};
use super::{exit::CliError, house, output::Output, settings::Settings};
use crate::{engine::Engine, listener::Listener};

/// Lines of the person that may wait: reading goes faster than answering only where a script feeds them.
const WAITING: usize = 64;

/// Longest line read, in bytes; what is longer is no command.
const LONGEST: u64 = 16 * 1024;

/// Talks until `quit`, a signal, or nobody reads any more. The end of the input leaves it talking: `< /dev/null` only listens.
pub async fn run(settings: &Settings, engine: Engine) -> Result<(), CliError> {
    let stop = house::asked_to_stop()?;
    let served = async {
        let listener =
            Listener::bind(&settings.listen.value, engine.clone(), house::listener_options(settings, house::projects(settings)?))
                .await
                .map_err(house::listener_error)?;
        engine.announce(Some(listener.local_addr())).map_err(CliError::unavailable)?;
        let url = format!("http://{}", listener.local_addr());
        let (stop_listening, stopped) = tokio::sync::oneshot::channel::<()>();
        let listening = tokio::spawn(listener.serve(async {
            // Also when the sender is dropped: the talk has ended one way or another.
            let _ = stopped.await;
        }));
        let mut output = Output::stdout();
        output.line(&format!("listening on {url}"))?;
        output.line("Type help for the commands, quit to leave.")?;
        output.flush()?;
        let _watched = house::watch_folders(settings, &engine, super::output::say)?;
        let talked = talk(&engine, output, stop).await;
        let _ = stop_listening.send(());
        let _ = listening.await;
        talked
    }
    .await;
    let closed = engine.close().await.map_err(CliError::unavailable);
    served.and(closed)
}

async fn talk(engine: &Engine, mut output: Output, stop: impl Future<Output = ()>) -> Result<(), CliError> {
    let mut events = engine.events();
    let mut pulse = engine.pulse();
    let mut lines = lines();
    let mut desk = Desk::new(engine.clone());
    let mut failing: Option<String> = None;
    let mut stop = std::pin::pin!(stop);
    while !output.closed() {
        let said: Vec<String> = tokio::select! {
            biased;
            () = &mut stop => return output.flush(),
            line = lines.recv(), if !(lines.is_closed() && lines.is_empty()) => match line.map(|line| Request::read(&line)) {
                // The input has ended; what arrives is told all the same.
                None => Vec::new(),
                Some(Ok(Request::Quit)) => return output.flush(),
                Some(Ok(request)) => desk.answer(request).await,
                Some(Err(problem)) => vec![problem],
            },
            event = events.recv() => match event {
                Ok(event) => desk.hear(&event).into_iter().collect(),
                Err(RecvError::Lagged(missed)) => vec![format!("{missed} pieces of news came too fast to be told one by one; runs lists the newest.")],
                Err(RecvError::Closed) => return output.flush(),
            },
            changed = pulse.changed() => {
                if changed.is_err() {
                    return output.flush();
                }
                let now = pulse.borrow_and_update().failing.clone();
                let news = sentences::writing(failing.as_deref(), now.as_deref());
                failing = now;
                news.into_iter().collect()
            }
        };
        for sentence in said {
            output.line(&sentence)?;
        }
        // Told at once when nothing else waits: a pipe is read by somebody who waits for it.
        output.flush()?;
    }
    Ok(())
}

/// The person's lines. The thread ends with the input, or with the program when it waits for a line just then: it holds nothing that must be
/// given back.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(WAITING);
    std::thread::spawn(move || {
        let mut input = stdin().lock();
        let mut line = Vec::new();
        loop {
            line.clear();
            match input.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if sender.blocking_send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    receiver
}
