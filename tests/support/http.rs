//! A listener on a port of its own for tests, and a client that says exactly the bytes it is told to.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        options::{EngineOptions, StorePlace},
    },
    listener::{Listener, ListenerOptions},
};
use serde_json::Value;
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};

/// Longest wait for anything; reached only when something is broken.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A listener with an engine in memory.
pub struct Server {
    pub runtime: Runtime,
    pub engine: Engine,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Server {
    /// With everything as it is by default.
    pub fn start() -> Self {
        Self::with(|_, _| {})
    }

    /// With other options.
    pub fn with(change: impl FnOnce(&mut EngineOptions, &mut ListenerOptions)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (mut engine, mut listener) = (EngineOptions::new(StorePlace::Memory), ListenerOptions::default());
        change(&mut engine, &mut listener);
        let engine = Engine::open(engine).unwrap();
        let listener = runtime.block_on(Listener::bind("127.0.0.1:0", engine.clone(), listener)).unwrap();
        let address = listener.local_addr();
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(listener.serve(async {
            let _ = stopped.await;
        }));
        Self { runtime, engine, address, stop: Some(stop), serving: Some(serving) }
    }

    /// A connection of its own.
    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// One request on a connection of its own.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.connect().ask(method, path, headers, body)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.ask("POST", path, &[], body.as_ref())
    }

    /// Posts one trace that has to be taken; gives its id.
    pub fn take(&self, body: &Value) -> String {
        let answer = self.post("/api/trace", body.to_string());
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["trace_id"].as_str().unwrap().to_owned()
    }

    /// Stops in good order; gives how long that took.
    pub fn stop(&mut self) -> Duration {
        let begun = Instant::now();
        self.signal_stop();
        if let Some(serving) = self.serving.take() {
            self.runtime.block_on(serving).unwrap();
        }
        begun.elapsed()
    }

    /// Asks it to stop, without waiting.
    pub fn signal_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.stop();
            self.runtime.block_on(self.engine.close()).unwrap();
        }
    }
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("answers are UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The kind of error, having looked that the error body is whole.
    pub fn error(&self) -> String {
        let body = self.json();
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        assert!(body.get("trace_id").is_some(), "{body}");
        body["error"].as_str().unwrap().to_owned()
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }
}

/// One connection.
pub struct Client {
    pub stream: TcpStream,
    read: Vec<u8>,
    address: SocketAddr,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new(), address }
    }

    /// Says these bytes.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// The head of a request. `Host` is ours unless given; a body's length is added unless its length is told otherwise.
    pub fn head(&self, method: &str, path: &str, headers: &[(&str, &str)], length: Option<usize>) -> String {
        let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !has("host") {
            head += &format!("Host: {}\r\n", self.address);
        }
        if let Some(length) = length.filter(|_| !has("content-length") && !has("transfer-encoding")) {
            head += &format!("Content-Length: {length}\r\n");
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    /// One request and its answer.
    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let length = (method == "POST" || !body.is_empty()).then_some(body.len());
        let mut bytes = self.head(method, path, headers, length).into_bytes();
        bytes.extend_from_slice(body);
        self.say(bytes);
        self.answer(method == "HEAD")
    }

    /// The next answer.
    pub fn answer(&mut self, bodiless: bool) -> Answer {
        let (status, headers) = self.answer_head();
        let mut answer = Answer { status, headers, body: Vec::new() };
        if bodiless {
            return answer;
        }
        if let Some(length) = answer.header("content-length").map(|length| length.parse::<usize>().unwrap()) {
            while self.read.len() < length {
                assert!(self.more(), "the connection ended inside the body");
            }
            answer.body = self.read.drain(..length).collect();
        } else {
            while self.more() {}
            answer.body = std::mem::take(&mut self.read);
        }
        answer
    }

    /// The head of the next answer.
    pub fn answer_head(&mut self) -> (u16, Vec<(String, String)>) {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            assert!(self.more(), "the connection ended before an answer; so far: {:?}", String::from_utf8_lossy(&self.read));
        };
        let head = String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        (status, lines.filter_map(pair).collect())
    }

    /// Reads until a text has come (inside chunks or not); gives everything read so far.
    pub fn until(&mut self, text: &str) -> String {
        loop {
            let read = String::from_utf8_lossy(&self.read).into_owned();
            if read.contains(text) {
                return read;
            }
            assert!(self.more(), "the connection ended before {text:?} came; so far: {read:?}");
        }
    }

    /// Reads once; false when the other side has ended the connection.
    pub fn more(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.read.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing came: {error}"),
        }
    }

    /// Waits until the other side ends the connection; gives what it said before.
    pub fn end(&mut self) -> String {
        while self.more() {}
        String::from_utf8_lossy(&self.read).into_owned()
    }
}

/// Waits until something is so.
pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A run that ended well.
pub fn good(agent: &str, id: &str) -> Value {
    serde_json::json!({ "trace_id": id, "agent_id": agent, "input": "refund order A-1", "output": "done", "success": true, "execution_time": 1.5 })
}

/// A run that failed at a tool.
pub fn failed(agent: &str, id: &str) -> Value {
    serde_json::json!({
        "trace_id": id, "agent_id": agent, "input": "refund order A-1", "output": null, "success": false, "execution_time": 2.0,
        "error": { "type": "ToolError", "message": "amount must be a number, got \"12,50\"", "failed_at_step": 2 },
        "tools_available": [{ "name": "issue_refund", "parameters": { "type": "object", "properties": { "amount": { "type": "number" } }, "required": ["amount"] } }],
        "trace": { "steps": [
            { "step": 1, "action": "reasoning", "content": "I will issue the refund" },
            { "step": 2, "action": "tool_call", "tool": "issue_refund", "input": { "amount": "12,50" }, "success": false, "error": "amount must be a number, got \"12,50\"", "duration_ms": 120 }
        ] },
        "tool_calls": [{ "step": 2, "name": "issue_refund", "input": { "amount": "12,50" }, "error": "amount must be a number, got \"12,50\"", "success": false, "duration_ms": 120 }]
    })
}
