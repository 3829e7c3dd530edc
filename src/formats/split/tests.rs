#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn cut(body: &str) -> (Shape, Vec<&str>) {
    let batch = split(body.as_bytes()).unwrap();
    assert!(batch.items.iter().enumerate().all(|(index, item)| item.index == index));
    (batch.shape, batch.items.iter().map(|item| std::str::from_utf8(item.bytes).unwrap()).collect())
}

fn lines(body: &str) -> Vec<u64> {
    split(body.as_bytes()).unwrap().items.iter().map(|item| item.line).collect()
}

#[test]
fn one_object_is_one_trace_on_one_line_or_many() {
    assert_eq!(cut(r#"{"a":1}"#), (Shape::One, vec![r#"{"a":1}"#]));
    assert_eq!(cut(" \n{\"a\": [\n1,\n{\n\"b\": 2\n}\n]\n}\n\n"), (Shape::One, vec!["{\"a\": [\n1,\n{\n\"b\": 2\n}\n]\n}"]));
    assert_eq!(cut("\u{feff}{}"), (Shape::One, vec!["{}"]));
    assert!(split(b"{}").unwrap().is_single());
}

#[test]
fn an_array_is_a_batch_of_whatever_length() {
    assert_eq!(cut("[]"), (Shape::Array, vec![]));
    assert_eq!(cut(r#"[{"a":1}]"#), (Shape::Array, vec![r#"{"a":1}"#]));
    assert_eq!(cut("[\n {\"a\":\"],[\"} ,\n {\"b\":[1,2]}\n]"), (Shape::Array, vec![r#"{"a":"],["}"#, r#"{"b":[1,2]}"#]));
    assert_eq!(lines("[\n {},\n\n {}\n]"), [2, 4]);
}

#[test]
fn json_lines_are_a_batch_and_blank_lines_are_nothing() {
    assert_eq!(cut("{\"a\":1}\n\n{\"b\":2}\r\n{\"c\":3}"), (Shape::Lines, vec![r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]));
    assert_eq!(lines("{\"a\":1}\n\n{\"b\":2}\r\n{\"c\":3}"), [1, 3, 4]);
}

#[test]
fn pretty_printed_objects_may_follow_each_other() {
    assert_eq!(cut("{\n \"a\": 1\n}\n{\n \"b\": 2\n}"), (Shape::Lines, vec!["{\n \"a\": 1\n}", "{\n \"b\": 2\n}"]));
}

#[test]
fn a_bad_line_spoils_only_itself() {
    let broken = [
        r#"{"a":"#,
        r#"{"a":[1,"#,
        r#"{"a":[{"#,
        r#"{"a":"un"#,
        r#"{"a":"un\"#,
        r#"{"a":{"b":1}"#,
        r#"{"a":[1,2}"#,
        r#"{"a":1}}"#,
        r#"{"a":1} x"#,
        "hello",
        "]",
        "5",
        "{",
    ];
    for broken in broken {
        for body in [
            format!("{broken}\n{{\"b\":1}}\n{{\"c\":1}}"),
            format!("{{\"b\":1}}\n{broken}\n{{\"c\":1}}"),
            format!("{{\"b\":1}}\n{{\"c\":1}}\n{broken}"),
        ] {
            let (shape, items) = cut(&body);
            assert_eq!(shape, Shape::Lines, "{body}");
            assert_eq!(items, body.lines().collect::<Vec<_>>(), "{body}");
        }
    }
}

#[test]
fn a_line_holds_no_more_than_one_trace() {
    for body in [r#"{"a":1}{"b":2}"#, r#"{"a":1} {"b":2}"#, r#"{"a":1} x"#] {
        assert_eq!(cut(body), (Shape::One, vec![body]));
        assert_eq!(cut(&format!("{{\n}} {body}\n{{}}")).1, [&format!("{{\n}} {body}"), "{}"]);
    }
}

#[test]
fn a_bad_element_spoils_only_itself_when_its_brackets_close() {
    let (shape, items) = cut(r#"[{"a":NaN},7,{"b" 1},{"c":1},,{"d":1} {"e":1},]"#);
    assert_eq!(shape, Shape::Array);
    assert_eq!(items, [r#"{"a":NaN}"#, "7", r#"{"b" 1}"#, r#"{"c":1}"#, "", r#"{"d":1} {"e":1}"#, ""]);
}

#[test]
fn a_broken_document_is_one_bad_trace() {
    for body in
        ["{\n \"a\": 1,\n \"b\": [\n  {\"c\": 1}\n", "{\n \"a\": \"un\n \"b\": 2\n}", "just\nsome\ntext", "{\"a\":1", "<html>\n<body>"]
    {
        assert_eq!(cut(body), (Shape::One, vec![body.trim_end()]));
    }
}

#[test]
fn objects_at_the_margin_of_a_document_are_parts_of_it() {
    let body = "{\"messages\": [\n{\"role\": \"user\", \"content\": \"hi\"},\n{\"role\": \"assistant\", \"content\": \"yes\"}\n]}";
    assert_eq!(cut(body), (Shape::One, vec![body]));
}

#[test]
fn an_array_of_chat_messages_is_one_trace() {
    let talk = r#"[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}]"#;
    assert_eq!(cut(talk), (Shape::One, vec![talk]));
    assert_eq!(cut(&format!("{talk}\n{talk}")), (Shape::Lines, vec![talk, talk]));
    assert_eq!(cut(r#"[{"role":"a","content":"b","trace_id":"x"}]"#).0, Shape::Array, "a trace that has such fields as well");
    assert_eq!(cut(r#"[["role","content"]]"#).0, Shape::Array);
}

#[test]
fn an_empty_body_and_a_cut_off_array_are_refused() {
    assert_eq!(split(b" \n ").unwrap_err().kind, FormatErrorKind::Empty);
    assert_eq!(split(b"").unwrap_err().kind, FormatErrorKind::Empty);
    for body in ["[", "[{\"a\":1}", "[{\"a\":1},", "[{\"a\":1},{\"b\":"] {
        let error = split(body.as_bytes()).unwrap_err();
        assert_eq!(error.kind, FormatErrorKind::Syntax, "{body}");
        assert!(error.to_string().contains("closing bracket is missing"), "{error}");
    }
}

#[test]
fn more_traces_than_are_read_are_refused() {
    let body = format!("[{}{{}}]", "{},".repeat(MAX_TRACES));
    assert_eq!(split(body.as_bytes()).unwrap_err().kind, FormatErrorKind::TooLarge);
    assert_eq!(split("{}\n".repeat(MAX_TRACES).as_bytes()).unwrap().items.len(), MAX_TRACES);
}

#[test]
fn bytes_that_are_no_text_are_cut_all_the_same() {
    let batch = split(b"{\"a\":\"\xFF\"}\n{\"b\":1}").unwrap();
    assert_eq!(batch.items.iter().map(|item| item.bytes).collect::<Vec<_>>(), [b"{\"a\":\"\xFF\"}".as_slice(), b"{\"b\":1}"]);
}

#[test]
fn many_broken_lines_take_no_more_than_one_look_each() {
    let started = std::time::Instant::now();
    let body = "{\"a\":[\n{\"b\":1}\n".repeat(50_000);
    let batch = split(body.as_bytes()).unwrap();
    assert_eq!(batch.items.len(), 100_000);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn any_bytes_are_cut_without_overlap_and_in_order(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(batch) = split(&body) {
            let mut end = body.as_ptr() as usize;
            for item in batch.items {
                let start = item.bytes.as_ptr() as usize;
                prop_assert!(start >= end);
                end = start + item.bytes.len();
            }
        }
    }

    #[test]
    fn whatever_brackets_and_quotes_do_nothing_but_blanks_and_commas_is_lost(body in r#"[\[\]{}",: \na1\\]{0,60}"#) {
        if let Ok(batch) = split(body.as_bytes()) {
            let kept: usize = batch.items.iter().map(|item| item.bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).count()).sum();
            prop_assert_eq!(kept, body.bytes().filter(u8::is_ascii_alphanumeric).count());
        }
    }
}
