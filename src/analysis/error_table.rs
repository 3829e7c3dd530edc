//! The one table of error signals: a pattern, the kind of error it tells of, and texts it must know.
//!
//! Rows match structure: the name of an exception type, an HTTP status where one is written, an errno, a whole sentence that a library or
//! provider is known to write. Never a single word that could stand in prose. Where several rows match, the highest wins, so what says more
//! stands above what says less: `Error code: 400 … maximum context length is …` is an overflow before it is anything else.

use super::error_kind::ErrorKind;

/// One row.
pub(crate) struct Row {
    /// What the pattern tells of.
    pub(crate) kind: ErrorKind,
    /// The pattern, over bytes, ASCII classes.
    pub(crate) pattern: &'static str,
    /// Texts, as seen from real clients where there are any, that this row must know; the tests hold it to them.
    #[cfg(test)]
    pub(crate) examples: &'static [&'static str],
}

/// Where an HTTP status is written: `Error code: 429`, `status_code=429`, `HTTP Error 429`, `"code": 429`.
macro_rules! status {
    ($status:literal) => {
        concat!(
            r"(?i)\b(?:error code|status(?:[ _-]?code)?|http(?:/[0-9](?:\.[0-9])?)?(?: (?:error|status))?(?: code)?)",
            r#"['"]?\s{0,2}[:= ]\s{0,2}['"]?(?:"#,
            $status,
            r#")\b|['"]code['"]: ?(?:"#,
            $status,
            r")\b"
        )
    };
}

/// Names that stand alone, such as exception types.
macro_rules! names {
    ($first:literal $(, $name:literal)* $(,)?) => {
        concat!(r"\b(?:", $first, $("|", $name,)* r")\b")
    };
}

/// Any of several patterns.
macro_rules! any_of {
    ($first:literal $(, $other:literal)* $(,)?) => {
        concat!($first, $("|", $other),*)
    };
}

macro_rules! rows {
    ($( $kind:ident { $( $pattern:expr => [ $($example:literal),+ $(,)? ] ),+ $(,)? } )+) => {
        /// All rows, in order.
        pub(crate) const ROWS: &[Row] = &[ $($( Row { kind: ErrorKind::$kind, pattern: $pattern, #[cfg(test)] examples: &[$($example),+] }, )+)+ ];
    };
}

rows! {
    StepLimit {
        names![
            "GraphRecursionError", "GRAPH_RECURSION_LIMIT", "MaxTurnsExceeded", "AgentMaxStepsError", "UsageLimitExceeded",
            "(?:Model|Tool)CallLimitExceededError", "LlmCallsLimitExceededError", "WorkflowTimeoutError",
            "Max(?:Steps|Iterations|Turns)(?:Exceeded|Reached)?Error", r"Max(?:Steps|Iterations|Turns)(?:Exceeded|Reached)\w*",
        ] => ["langgraph.errors.GraphRecursionError: …", "agents.exceptions.MaxTurnsExceeded", "MaxIterationsError: 10"],
        r"\bRecursion limit of [0-9]+ reached\b" => ["Recursion limit of 12 reached without hitting a stop condition."],
        any_of![
            r"(?i)\bmax(?:imum)?[ _](?:number of )?(?:iterations|steps|turns|llm calls|tool calls)(?: limit)?(?: of)?(?: \(?[0-9]+\)?)?(?: has been| was)? (?:reached|exceeded)\b",
        ] => [
                "Max turns (4) exceeded", "Max iterations of 10 reached", "maximum number of steps exceeded",
                "Max number of llm calls limit of 500 exceeded",
            ],
        r"(?i)\breached (?:the )?max(?:imum)? (?:number of )?(?:iterations|steps|turns)\b"
            => ["Reached max steps.", "Reached the maximum number of turns"],
        r"\bAgent stopped due to (?:iteration limit|max iterations)\b" => ["Agent stopped due to iteration limit or time limit."],
        r"\b(?:Model|Tool) call limits? (?:exceeded|reached)\b" => ["Model call limits exceeded: run limit (4/4)"],
        r"(?i)\bexceed(?:s|ed)? the (?:request|tool_calls|total_tokens)_limit of [0-9]"
            => ["The next request would exceed the request_limit of 3"],
    }
    ContextOverflow {
        names![
            "context_length_exceeded", "Context(?:Window|Length)(?:Exceeded|Overflow)(?:Error|Exception)",
            "model_context_window_exceeded",
        ] => ["{'code': 'context_length_exceeded'}", "litellm.ContextWindowExceededError: too long", "ContextWindowOverflowException"],
        r"(?i)\bmaximum context length (?:is|of) [0-9]" => ["Error code: 400 - This model's maximum context length is 8192 tokens."],
        r"(?i)\bprompt is too long: [0-9]+ tokens" => ["prompt is too long: 203456 tokens > 200000 maximum"],
        r"(?i)\binput length and `?max_tokens`? exceed context limit"
            => ["input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"],
        r"(?i)\binput token count (?:\([0-9]+\) |of [0-9]+ )?exceeds the maximum number of tokens"
            => ["The input token count (1048577) exceeds the maximum number of tokens allowed (1048576)."],
        r"(?i)\binput is too long for (?:the )?requested model" => ["ValidationException: Input is too long for requested model."],
    }
    UnknownTool {
        names!["(?:AI_)?KernelFunctionNotFoundError", "(?:AI_)?ToolNotFound(?:Error|Exception)", "(?:AI_)?NoSuchToolError", "(?:AI_)?UnknownToolError"]
            => ["AI_NoSuchToolError: x", "KernelFunctionNotFoundError"],
        r#"(?i)\bis not a valid tool\b"# => ["lookup_stock_price is not a valid tool, try one of [get_quote]."],
        r#"(?i)\btools? ['"`][^'"`\n]{1,100}['"`] (?:was |is |does )?not (?:found|available|registered|exist)\b"#
            => ["Error: tool 'lookup_stock_price' not found in any workbench", "Tool \"x\" is not registered"],
        r"\bTool [\w.-]{1,100} not found(?:\. Please select| in agent)\b"
            => [
                "Tool lookup_stock_price not found. Please select a tool that is available.",
                "Tool lookup not found in agent quote_agent",
            ],
        r"(?i)\bis not part of the provided (?:tools|functions)\b"
            => [
                "The function `lookup` is not part of the provided functions",
                "The tool call with name `x` is not part of the provided tools",
            ],
        r"(?i)\bfunction '[^'\n]{1,100}' not found\b" => ["Function 'lookup_stock_price' not found in any plugin."],
        any_of![
            r#"(?i)\b(?:unknown|no such|nonexistent) (?:tool|function)(?: name)?(?: call)?:? ['"`]?[\w-]+[._][\w.-]*"#,
            r#"\bUnknown tool(?: name)?:? ['"`]?[\w.-]+"#,
        ] => ["Unknown tool lookup_stock_price, should be one of: get_quote", "Unknown tool name: 'lookup'", "unknown function get_price"],
        r"(?i)^(?:error: )?tool not found\b|\bno tool named\b" => ["Tool not found: {'tool_name': 'lookup'}", "No tool named lookup"],
        r"\bMcpError\b[^\n]{0,80}\b(?:Unknown tool|Tool not found)|-32601\b" => ["MCP error -32601: Method not found"],
    }
    ContentFilter {
        names![
            "content_filter", "ContentFilterFinishReasonError", "ResponsibleAIPolicyViolation", "content_policy_violation",
            "ContentPolicyViolationError", "BlockedPromptException", "StopCandidateException", "PROHIBITED_CONTENT",
        ] => ["Error code: 400 - {'code': 'content_filter'}", "openai.ContentFilterFinishReasonError"],
        r"(?i)\bcontent management policy\b"
            => ["The response was filtered due to the prompt triggering Azure OpenAI's content management policy."],
    }
    Format {
        names!["(?:AI_)?OutputParserException", "(?:AI_)?OUTPUT_PARSING_FAILURE", "(?:AI_)?AdapterParseError", "(?:AI_)?InstructorRetryException",
            "(?:AI_)?JSONSchemaValidationError", "(?:AI_)?NoObjectGeneratedError",
            "(?:AI_)?(?:Multiple)?StructuredOutput(?:Validation|s)?(?:Error|Exception)", "(?:AI_)?LengthFinishReasonError", "(?:AI_)?AgentParsingError",
        ] => [
                "langchain_core.exceptions.OutputParserException: x", "dspy.utils.exceptions.AdapterParseError: x",
                "AI_NoObjectGeneratedError",
            ],
        r"(?i)\bcould not parse (?:the )?(?:llm|model) (?:output|response)\b" => ["Could not parse LLM output: `I think`"],
        r"\b[Ff]ailed to parse \w{1,100} from completion\b"
            => ["Failed to parse Quote from completion {}. Got: 1 validation error for Quote"],
        r"(?i)\bfailed to parse (?:the )?(?:lm|llm|model) (?:output|response)\b"
            => ["Adapter JSONAdapter failed to parse the LM response."],
        r"(?i)\bexceeded maximum (?:output )?retries \([0-9]+\) for (?:output|result) validation\b"
            => ["Exceeded maximum retries (1) for output validation"],
        r"\bInvalid JSON when parsing\b" => ["Invalid JSON when parsing {\"a\": for TypeAdapter(Quote)"],
    }
    RateLimit {
        names![
            r"\w*RateLimit(?:Error|Exception|ed|Exceeded)", r"\w*Throttl(?:ed|ing)(?:Error|Exception)?",
            "TooManyRequests(?:Error|Exception)?", "_?ResourceExhausted(?:Error)?", "RESOURCE_EXHAUSTED",
            "rate_limit_(?:error|exceeded)", "insufficient_quota", "QuotaExceeded(?:Error|Exception)?",
        ] => [
                "openai.RateLimitError: slow down", "ModelThrottledException: x", "event error RESOURCE_EXHAUSTED: ",
                "dspy.utils.exceptions.LMRateLimitError",
            ],
        status!("429")
            => ["Error code: 429 - slow down", "status_code: 429, model_name: x", "HTTP 429", "{\"code\": 429}", "HTTP Error 429: slow"],
        r"\b429 (?:Client Error|Too Many Requests)\b" => ["429 Client Error: Too Many Requests for url: http://x"],
        r"(?i)\brate limit (?:reached|exceeded|hit)\b|\btoo many requests\b"
            => ["Rate limit reached for the model in organization org", "Too Many Requests"],
        r"(?i)\bexceeded your current quota\b" => ["You exceeded your current quota, please check your plan"],
    }
    Auth {
        names![
            r"\w*AuthenticationError", "AuthenticationException", "authentication_error", "invalid_api_key", "UNAUTHENTICATED",
            "Unauthori[sz]ed(?:Error|Exception)", "ExpiredToken(?:Exception)?", "InvalidClientTokenId", "SignatureDoesNotMatch",
            "UnrecognizedClientException", "NoCredentialsError", "API_KEY_INVALID",
        ] => ["openai.AuthenticationError: x", "botocore.exceptions.NoCredentialsError: Unable to locate credentials"],
        status!("401") => ["Error code: 401 - no", "status code 401"],
        r"\b401 (?:Client Error|Unauthorized)\b" => ["401 Client Error: Unauthorized for url: http://x"],
        any_of![
            r"(?i)\bincorrect api key provided\b", r"\binvalid x-api-key\b",
            r"\bapi[ _]key (?:is )?not (?:valid|set|found|provided)\b", r"\b_API_KEY environment variable\b",
        ] => ["Incorrect API key provided: sk-x", "invalid x-api-key", "API key not valid. Please pass a valid API key."],
    }
    Permission {
        names![
            "PermissionError", "PermissionDenied(?:Error|Exception)?", "PERMISSION_DENIED", "permission_error", "EACCES", "EPERM",
            "AccessDenied(?:Error|Exception)?", "InsufficientPrivilege", "insufficient_scope", "ForbiddenError",
            "ForbiddenException",
        ] => ["PermissionError: [Errno 13] Permission denied: '/etc/shadow'", "AccessDeniedException: no"],
        status!("403") => ["status 403", "Error code: 403"],
        r"\b403 (?:Client Error|Forbidden)\b" => ["403 Client Error: Forbidden for url: http://x"],
        any_of![
            r"\[Errno (?:1|13)\]", r": [Pp]ermission denied\b",
            r"\bpermission denied for (?:table|relation|schema|database|view|function)\b",
        ] => ["bash: /srv/x: Permission denied", "permission denied for table orders"],
    }
    BadArguments {
        any_of![
            r"\b(?:AI_)?(?:InvalidToolArgumentsError|InvalidToolInputError|ToolInput(?:Validation|Parsing)(?:Error|Exception)|ToolArgumentsError)\b",
            r"\bjsonschema\.exceptions\.ValidationError\b",
        ] => ["AI_InvalidToolArgumentsError: x", "jsonschema.exceptions.ValidationError: 'a' is not of type 'number'"],
        r"\b[0-9]+ validation errors? for \w"
            => ["1 validation error for get_quoteargs\nsymbol\n  Field required", "2 validation errors for Payment"],
        any_of![
            r"\bgot an unexpected keyword argument '", r"\bmissing [0-9]+ required (?:positional|keyword-only) arguments?\b",
            r"\btakes (?:from )?[0-9]+ (?:to [0-9]+ )?positional arguments? but [0-9]+ (?:was|were) given\b",
        ] => [
                "get_quote() got an unexpected keyword argument 'ticker'", "f() missing 1 required positional argument: 'x'",
                "f() takes 1 positional argument but 2 were given",
            ],
        r#"(?i)\bmissing required (?:argument|parameter|field|property|input|key)s?:? ?['"`\[]?\w"#
            => ["Missing required parameter: amount"],
        r"(?i)\binvalid (?:json )?(?:arguments|parameters|params|input|args) (?:for|to) (?:tool|function)\b"
            => ["Invalid JSON input for tool get_quote", "Invalid arguments for tool x"],
        any_of![
            r"(?i)\b(?:arguments|input parameters) validation failed\b", r"\bvalidation failed for input parameters\b",
            r"\b(?:input|arguments?) validation error\b",
        ] => ["Tool 'get_quote' arguments validation failed: x", "Validation failed for input parameters: x", "Input validation error: x"],
        r"(?i)\bfailed to (?:parse|decode) (?:the )?(?:tool|function)(?: call)? arguments\b" => ["Failed to parse tool call arguments"],
        r"\bis a required property\b|\bis not of type '[a-z]+'|\bAdditional properties are not allowed\b"
            => ["'amount' is a required property", "'x' is not of type 'number'"],
        r"\bcould not convert string to float: |\binvalid literal for int\(\) with base\b"
            => ["could not convert string to float: '12,50'", "invalid literal for int() with base 10: 'x'"],
        r"-32602\b" => ["MCP error -32602: Invalid params"],
        status!("422") => ["status_code: 422"],
        r"\b422 (?:Client Error|Unprocessable)\b" => ["422 Unprocessable Entity"],
    }
    Timeout {
        names![
            r"\w*Timeout(?:Error|Exception|Expired|Occurred)",
            "(?:Read|Connect|Write|Pool|Gateway|Request|Socket|Tool|API)Timeout", "DeadlineExceeded", "DEADLINE_EXCEEDED",
            "ETIMEDOUT", "ESOCKETTIMEDOUT", "ECONNABORTED",
        ] => [
                "openai.APITimeoutError: x", "TimeoutError", "httpx.ReadTimeout: timed out", "event error TimeoutError: ",
                "subprocess.TimeoutExpired: x",
            ],
        status!("408|504|524") => ["HTTP 504", "Error code: 408"],
        r"\b(?:408 Request Timeout|504 (?:Server Error|Gateway Time-?out))\b" => ["504 Gateway Timeout"],
        any_of![
            r"(?i)\b(?:request|read|connection|operation|call|tool|step|command|execution|query|task|socket|statement|lookup)(?: has)? timed out\b",
        ] => ["Request timed out.", "Command timed out", "curl: Operation timed out"],
        any_of![
            r"(?i)\btimed out (?:after|waiting for|\(|while)|\btimeout (?:of|after) [0-9.]+ ?(?:ms|s|sec|seconds|milliseconds|minutes)\b|\btimeout of [0-9]+ms exceeded\b|\bcontext deadline exceeded\b|\bdue to statement timeout\b|\[Errno 110\]",
        ] => [
                "timed out after 30 s", "timeout of 5000ms exceeded",
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                "canceling statement due to statement timeout",
            ],
        r"(?i)\bdid not (?:answer|respond|return|reply|complete|finish) (?:with)?in [0-9]" => ["the service did not answer within 30 s"],
    }
    Unavailable {
        names![
            r"\w*Connection(?:Refused|Reset|Aborted)?Error", "ConnectError", "RemoteDisconnected", "RemoteProtocolError",
            "ServiceUnavailable(?:Error|Exception)?", "InternalServerError", "InternalServerException", "ModelServerError",
            "BadGateway", "overloaded_error", "OverloadedError", "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN",
            "EHOSTUNREACH", "ENETUNREACH", "SSLError", "CERTIFICATE_VERIFY_FAILED",
        ] => ["requests.exceptions.ConnectionError: x", "connect ECONNREFUSED 127.0.0.1:80", "openai.InternalServerError: x"],
        status!("50[0-35-9]|52[0-35-9]|530")
            => ["Error code: 500 - oops", "status_code: 503, model_name: x", "HTTP/1.1 502", "Error code: 529"],
        any_of![
            r"\b5[0-9][0-9] (?:Server Error|Internal Server Error|Bad Gateway|Service Unavailable|Service Temporarily Unavailable|UNAVAILABLE|INTERNAL)\b",
        ] => ["503 Service Unavailable", "500 Server Error: x for url: y"],
        any_of![
            r"\bMax retries exceeded with url\b", r"\bName or service not known\b",
            r"\b[Tt]emporary failure in name resolution\b", r"\bConnection (?:refused|reset by peer|aborted)\b",
            r"\b[Ff]ailed to establish a new connection\b", r"\bgetaddrinfo failed\b", r"\bsocket hang up\b",
            r"\[Errno (?:-2|-3|101|104|111|113)\]",
        ] => ["Failed to establish a new connection: [Errno 111] Connection refused", "socket hang up"],
    }
    Format {
        // Below everything that says more: a tool's own reply may fail to parse because its service is down.
        r"\bJSONDecodeError\b|\bExpecting (?:value|property name enclosed in double quotes|',' delimiter): line [0-9]"
            => ["json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"],
    }
}
