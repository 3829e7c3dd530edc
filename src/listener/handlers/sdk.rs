//! The Python tracer to install: a page that links the wheel, and the wheel.

use hyper::StatusCode;

use crate::listener::{
    answer,
    call::Call,
    endpoints::Reply,
    problem::{Kind, Problem},
};

/// `GET /sdk/`: a page of links, which `pip install --find-links` reads as well.
pub(in crate::listener) fn index(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let wheel = call.service.wheel().await?;
        let name = wheel.file_name();
        // pip checks what it loads against the digest behind the name.
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Python tracer</title></head>\n<body>\n\
             <p>The Python tracer of arc-eval-tui. To install it: <code>pip install</code> with the address of this link.</p>\n\
             <p><a href=\"{name}#sha256={}\">{name}</a></p>\n</body>\n</html>\n",
            wheel.sha256()
        );
        Ok(answer::bytes(StatusCode::OK, "text/html; charset=utf-8", page))
    })
}

/// `GET /sdk/{file}`: the wheel.
pub(in crate::listener) fn file(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let wheel = call.service.wheel().await?;
        if call.segment(0) != wheel.file_name() {
            let message = format!("there is no file {:?} here; the Python tracer is /sdk/{}", call.segment(0), wheel.file_name());
            return Err(Problem { noted: false, ..Problem::new(Kind::NotFound, message) });
        }
        Ok(answer::bytes(StatusCode::OK, "application/zip", wheel.bytes().clone()))
    })
}
