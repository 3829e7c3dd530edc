//! The README's section about the HTTP interface, from the table of endpoints.

use std::fmt::Write as _;

use super::{endpoints::ENDPOINTS, problem::Kind};

/// The endpoints and the errors as two tables in Markdown.
#[must_use]
pub fn api_markdown() -> String {
    let mut text = String::from("| method and path | what it does |\n|---|---|\n");
    for endpoint in ENDPOINTS {
        let mut path = format!("{} {}", endpoint.method, endpoint.path);
        for (place, parameter) in endpoint.parameters.iter().enumerate() {
            path.push(if place == 0 { '?' } else { '&' });
            path.push_str(parameter);
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{path}` | {} |", endpoint.doc.replace('|', "\\|"));
    }
    text.push_str(
        "\nOpenTelemetry is taken over gRPC as well (`Export` of the trace, logs and metrics services), on every address listened on: \
         HTTP/1.1 and HTTP/2 are told apart by their first bytes. The key may come as metadata.\n",
    );
    text.push_str("\nErrors are `{\"error\": KIND, \"message\": \"what and where\", \"trace_id\": null}`:\n\n| kind | status | when |\n|---|---|---|\n");
    for kind in Kind::ALL {
        let _ = writeln!(text, "| `{}` | {} | {} |", kind.name(), kind.status().as_u16(), kind.doc());
    }
    text.push_str(
        "\nAt OpenTelemetry's paths they are a `google.rpc.Status` in the encoding of the request, in JSON with the members above beside \
         its own; over gRPC they are the status of the call.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_and_every_error_is_in_it() {
        let text = api_markdown();
        for endpoint in ENDPOINTS {
            assert!(text.contains(&format!("`{} {}", endpoint.method, endpoint.path)));
        }
        for kind in Kind::ALL {
            assert!(text.contains(kind.name()));
        }
        assert!(text.lines().filter(|line| line.starts_with('|')).all(|line| line.ends_with('|')));
    }
}
