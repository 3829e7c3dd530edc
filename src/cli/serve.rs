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
    serve(settings, arguments.otlp, |_, _| Ok(())).await
}

/// The same, with something printed first that must know the address, `http://127.0.0.1:8000`.
pub async fn serve(
    settings: &Settings,
    standard_ports: bool,
    first: impl FnOnce(&mut Output, &str) -> Result<(), CliError>,
) -> Result<(), CliError> {
    // Before anything can be asked to stop: a signal that came earlier would end the program with the store open.
    let projects = house::projects(settings)?;
    let stop = house::asked_to_stop()?;
    let engine = house::open_engine(settings)?;
    let served = async {
        let mut listener = Listener::bind(&settings.listen.value, engine.clone(), house::listener_options(settings, projects))
            .await
            .map_err(house::listener_error)?;
        engine.announce(Some(listener.local_addr())).map_err(CliError::unavailable)?;
        let further = otlp::listen(&mut listener, settings, standard_ports).await?;
        let url = format!("http://{}", listener.local_addr());
        let mut output = Output::stdout();
        first(&mut output, &url)?;
        output.line(&format!("listening on {url}"))?;
        for address in further.taken {
            output.line(&format!("OpenTelemetry also at http://{address}"))?;
        }
        further.notices.iter().for_each(output::say);
        output.flush()?;
        drop(output);
        let _watched = house::watch_folders(settings, &engine, output::say)?;
        listener.serve(stop).await;
        Ok(())
    }
    .await;
    // Closed on every path, so that the next start need not repair the file.
    let closed = engine.close().await.map_err(CliError::unavailable);
    served.and(closed)
}
