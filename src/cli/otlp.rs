//! The further addresses on which OpenTelemetry is taken: its standard ports, or those the user names.

use std::net::SocketAddr;

use super::{exit::CliError, house, settings::Settings};
use crate::listener::{Listener, ListenerError};

/// Where exporters send to unless told otherwise: over HTTP and over gRPC.
pub const STANDARD_PORTS: [u16; 2] = [4318, 4317];

/// What became of the further addresses.
#[derive(Debug, Default)]
pub struct Further {
    /// Those taken.
    pub taken: Vec<SocketAddr>,
    /// What is to be said of the others, a sentence each.
    pub notices: Vec<String>,
}

/// Whether the workbench takes the standard ports by itself: not beside a port that was left to the system, where another workbench on
/// this machine is to be expected.
#[must_use]
pub fn by_itself(settings: &Settings) -> bool {
    settings.listen.value.rsplit(':').next().is_some_and(|port| port.trim() != "0")
}

/// Listens on the addresses the settings name, else on the standard ports if `standard`. One that cannot be had is told and passed over:
/// the main address takes the same.
pub async fn listen(listener: &mut Listener, settings: &Settings, standard: bool) -> Result<Further, CliError> {
    let main = listener.local_addr();
    let addresses = match &settings.otlp_listen.value {
        Some(named) => named.clone(),
        None if standard => STANDARD_PORTS.iter().map(|port| SocketAddr::new(main.ip(), *port).to_string()).collect(),
        None => Vec::new(),
    };
    let mut further = Further::default();
    for address in addresses {
        let reason = match listener.also_on(&address).await {
            Ok(taken) => {
                further.taken.push(taken);
                continue;
            }
            Err(ListenerError::Taken { address, holder, .. }) => format!("{address} is taken{holder}"),
            Err(error @ ListenerError::Bind { .. }) => error.to_string(),
            Err(error) => return Err(house::listener_error(error)),
        };
        let notice = format!("{reason}; OpenTelemetry is also taken at http://{main}");
        tracing::warn!("{notice}");
        further.notices.push(notice);
    }
    Ok(further)
}
