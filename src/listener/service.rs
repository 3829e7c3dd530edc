//! From a request to its answer: who may ask, which endpoint, the handler, and what is noted of a refusal.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use hyper::{Method, Request, Version, body::Incoming, http::request::Parts};
use tokio::sync::{OnceCell, Semaphore, watch};

use super::{
    answer::{self, Answer},
    body::RequestBody,
    call::Call,
    connection::{Connection, Working},
    endpoints::Handler,
    key::Key,
    options::Limits,
    otlp::{form::Form, grpc, signal::Signal},
    parameters::Parameters,
    problem::{Kind, Problem},
    registry::Registry,
    route,
    site::Site,
};
use crate::{
    engine::{Engine, error::EngineError},
    repair::project::Projects,
    sdk::{SdkError, Wheel},
};

/// Reads from the store at a time; more wait. Each takes a thread and a snapshot.
const READS: usize = 8;

/// What a request asks for.
enum Asked {
    /// To take an export that comes by gRPC.
    Export(&'static Signal),
    /// An endpoint over HTTP.
    Endpoint { handler: Handler, segments: Vec<String>, parameters: Parameters },
}

/// What all requests share.
pub(super) struct Service {
    pub(super) engine: Engine,
    pub(super) limits: Limits,
    /// The agents' source that fixes are made for.
    pub(super) projects: Projects,
    pub(super) registry: Arc<Registry>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) streams: AtomicUsize,
    pub(super) answered: [AtomicU64; 6],
    /// Data points of metrics that were sent.
    pub(super) data_points: AtomicU64,
    pub(super) started: Instant,
    site: Site,
    key: Option<Key>,
    reads: Semaphore,
    wheel: OnceCell<Wheel>,
}

impl Service {
    pub(super) fn new(
        engine: Engine,
        limits: Limits,
        projects: Projects,
        site: Site,
        key: Option<Key>,
        stopping: watch::Receiver<bool>,
    ) -> Arc<Self> {
        Arc::new(Self {
            engine,
            limits,
            projects,
            registry: Registry::new(limits.connections),
            stopping,
            streams: AtomicUsize::new(0),
            answered: Default::default(),
            data_points: AtomicU64::new(0),
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
        let form = Form::of(&parts);
        let (method, path, version) = (parts.method.clone(), parts.uri.path().to_owned(), parts.version);
        let body = RequestBody::new(incoming, &parts.headers, connection);
        let outcome = self.handle(parts, form, body).await;
        let mut answer = outcome.unwrap_or_else(|problem| self.refuse(&method, &path, &problem, form));
        if let Some(counter) = self.answered.get(usize::from(answer.status().as_u16() / 100)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        // Over HTTP/2 a client may leave an answer lying; it must not keep its connection by that.
        if version != Version::HTTP_2 || answer.body().lasts() {
            answer.body_mut().while_working(working);
        }
        Ok(answer)
    }

    async fn handle(self: &Arc<Self>, parts: Parts, form: Form, mut body: RequestBody) -> Result<Answer, Problem> {
        let (outcome, body) = match self.admit(&parts, form) {
            Err(problem) => (Err(problem), body),
            Ok(Asked::Export(signal)) => (grpc::export(signal, self, &parts.headers, &mut body).await, body),
            Ok(Asked::Endpoint { handler, segments, parameters }) => {
                let mut call = Call { service: Arc::clone(self), headers: parts.headers, segments, parameters, body };
                (handler(&mut call).await, call.body)
            }
        };
        body.run_out();
        outcome
    }

    /// What is asked for, where the sender may ask for it.
    fn admit(&self, parts: &Parts, form: Form) -> Result<Asked, Problem> {
        self.site.check(parts.version, &parts.uri, &parts.headers)?;
        if form == Form::Grpc {
            self.check_key(parts)?;
            return grpc::method(&parts.method, parts.uri.path()).map(Asked::Export);
        }
        let (endpoint, segments) = route::find(&parts.method, parts.uri.path())?;
        if endpoint.needs_key {
            self.check_key(parts)?;
        }
        let parameters = Parameters::read(parts.uri.query(), endpoint.parameters)?;
        Ok(Asked::Endpoint { handler: endpoint.handler, segments, parameters })
    }

    fn check_key(&self, parts: &Parts) -> Result<(), Problem> {
        self.key.as_ref().map_or(Ok(()), |key| key.check(&parts.headers))
    }

    fn refuse(&self, method: &Method, path: &str, problem: &Problem, form: Form) -> Answer {
        if problem.noted {
            self.engine.note_refusal(&format!("{method} {path}"), problem.kind.name(), problem.kind == Kind::Busy, &problem.message);
        }
        answer::problem(problem, form)
    }

    /// Asked before a body is read: a sender who has to wait should not have to send first.
    pub(super) fn refuse_when_busy(&self) -> Result<(), Problem> {
        if self.engine.is_busy() {
            return Err(Problem::new(Kind::Busy, "too much is waiting to be stored; try again in a moment"));
        }
        Ok(())
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
