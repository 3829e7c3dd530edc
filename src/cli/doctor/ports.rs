//! The ports: whether the addresses we would listen on are free, and who has them where not.

use std::net::{SocketAddr, TcpListener};

use super::finding::Finding;
use crate::{
    cli::{otlp::STANDARD_PORTS, settings::Settings},
    engine::owner::Owner,
    listener,
};

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let main = match listener::parse_address(&settings.listen.value) {
        Ok(address) => address,
        Err(error) => return vec![Finding::problem("ports", error.to_string(), "name another with --listen")],
    };
    let owner = Owner::of(&settings.store.value).and_then(|owner| owner.address);
    let mut findings = vec![port(settings, main, "--listen 127.0.0.1:8001 takes another", owner.as_deref())];
    if settings.otlp_listen.value.is_none() && main.port() != 0 {
        let standard = STANDARD_PORTS.iter().map(|port| SocketAddr::new(main.ip(), *port));
        let instead = format!("OpenTelemetry is taken at http://{main} as well; point exporters there");
        findings.extend(standard.map(|address| port(settings, address, &instead, None)));
    }
    findings
}

fn port(settings: &Settings, address: SocketAddr, instead: &str, owner: Option<&str>) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok("ports", format!("{address} is free")),
        Err(_) if owner == Some(address.to_string().as_str()) => {
            Finding::ok("ports", format!("{address} is our own workbench's or server's"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let holder = listener::who_listens(address, std::slice::from_ref(&settings.store.value));
            Finding::warning("ports", format!("{address} is taken{holder}"), instead)
        }
        Err(error) => Finding::warning("ports", format!("{address} cannot be had: {error}"), instead),
    }
}
