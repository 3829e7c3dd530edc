//! From a request to its answer: who may ask, which endpoint, the handler, and what is noted of a refusal.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use hyper::{Method, Request, body::Incoming};
use tokio::sync::{OnceCell, Semaphore, watch};

use super::{
    answer::{self, Answer},
    body::RequestBody,
    call::Call,
    connection::{Connection, Working},
    key::Key,
    options::Limits,
    parameters::Parameters,
    problem::{Kind, Problem},
    registry::Registry,
    route,
    site::Site,
};
use crate::{
    engine::{Engine, error::EngineError},
    sdk::{SdkError, Wheel},
};

/// Reads from the store at a time; more wait. Each takes a thread and a snapshot.
const READS: usize = 8;

/// What all requests share.
pub(super) struct Service {
    pub(super) engine: Engine,
    pub(super) limits: Limits,
    pub(super) registry: Arc<Registry>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) streams: AtomicUsize,
    pub(super) answered: [AtomicU64; 6],
    pub(super) started: Instant,
    site: Site,
    key: Option<Key>,
    reads: Semaphore,
    wheel: OnceCell<Wheel>,
}

impl Service {
    pub(super) fn new(engine: Engine, limits: Limits, site: Site, key: Option<Key>, stopping: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self {
            engine,
            limits,
            registry: Registry::new(limits.connections),
            stopping,
            streams: AtomicUsize::new(0),
            answered: Default::default(),
            started: Instant::now(),
            site,
            key,
            reads: Semaphore::new(READS),
            wheel: OnceCell::new(),
        })
    }

    /// Answers one request.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>, connection: Arc<Connection>) -> Result<Answer, Infallible> {
        let working = Working::on(&connection);
        self.engine.note_request();
        let (parts, incoming) = request.into_parts();
        let body = RequestBody::new(incoming, &parts.headers, connection);
        let mut answer = match self.admit(&parts) {
            Err(problem) => {
                body.run_out();
                self.refuse(&parts.method, parts.uri.path(), &problem)
            }
            Ok((handler, segments, parameters)) => {
                let mut call = Call { service: Arc::clone(&self), headers: parts.headers, segments, parameters, body };
                let outcome = handler(&mut call).await;
                call.body.run_out();
                outcome.unwrap_or_else(|problem| self.refuse(&parts.method, parts.uri.path(), &problem))
            }
        };
        if let Some(counter) = self.answered.get(usize::from(answer.status().as_u16() / 100)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        answer.body_mut().while_working(working);
        Ok(answer)
    }

    fn admit(&self, parts: &hyper::http::request::Parts) -> Result<(super::endpoints::Handler, Vec<String>, Parameters), Problem> {
        self.site.check(parts.version, &parts.uri, &parts.headers)?;
        let (endpoint, segments) = route::find(&parts.method, parts.uri.path())?;
        if let Some(key) = self.key.as_ref().filter(|_| endpoint.needs_key) {
            key.check(&parts.headers)?;
        }
        let parameters = Parameters::read(parts.uri.query(), endpoint.parameters)?;
        Ok((endpoint.handler, segments, parameters))
    }

    fn refuse(&self, method: &Method, path: &str, problem: &Problem) -> Answer {
        if problem.noted {
            self.engine.note_refusal(&format!("{method} {path}"), problem.kind.name(), problem.kind == Kind::Busy, &problem.message);
        }
        answer::problem(problem)
    }

    /// The Python tracer as a wheel; put together when it is first asked for.
    pub(super) async fn wheel(&self) -> Result<&Wheel, Problem> {
        let failed = |reason: String| Problem::new(Kind::AnalysisError, reason);
        let build = || async {
            let built = tokio::task::spawn_blocking(Wheel::build).await;
            built.map_err(|error| failed(error.to_string()))?.map_err(|error: SdkError| failed(error.to_string()))
        };
        self.wheel.get_or_try_init(build).await
    }

    /// Does something that blocks on disk, off the network threads; a few at a time.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Problem> {
        let _turn = self.reads.acquire().await.map_err(|_| Problem::from(EngineError::Closed))?;
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => Ok(done?),
            Err(error) => Err(Problem::new(Kind::AnalysisError, format!("the read failed: {error}"))),
        }
    }
}
