//! `serve`: the listener without a screen, until SIGTERM or Ctrl-C.

use super::{
    arguments::ServeArguments,
    exit::CliError,
    house, otlp,
    output::{self, Output},
    settings::Settings,
};
use crate::listener::Listener;

/// Serves until asked to stop; what is in flight is finished and the store is closed.
pub async fn run(arguments: &ServeArguments, settings: &Settings) -> Result<(), CliError> {
    // Before anything can be asked to stop: a signal that came earlier would end the program with the store open.
    let stop = house::asked_to_stop()?;
    let engine = house::open_engine(settings)?;
    let served = async {
        let mut listener = Listener::bind(&settings.listen.value, engine.clone(), house::listener_options(settings))
            .await
            .map_err(house::listener_error)?;
        engine.announce(Some(listener.local_addr())).map_err(CliError::unavailable)?;
        let further = otlp::listen(&mut listener, settings, arguments.otlp).await?;
        let mut output = Output::stdout();
        output.line(&format!("listening on http://{}", listener.local_addr()))?;
        for address in further.taken {
            output.line(&format!("OpenTelemetry also at http://{address}"))?;
        }
        further.notices.iter().for_each(output::say);
        output.flush()?;
        drop(output);
        listener.serve(stop).await;
        Ok(())
    }
    .await;
    // Closed on every path, so that the next start need not repair the file.
    let closed = engine.close().await.map_err(CliError::unavailable);
    served.and(closed)
}
