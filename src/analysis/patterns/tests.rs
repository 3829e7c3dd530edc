//! What a miner promises: which messages are one pattern, and that it stays so.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;

use super::*;

const CODE: FailureCode = FailureCode::ToolError;

fn assign(miner: &mut Miner, message: &str) -> (Fingerprint, String) {
    let assigned = miner.assign(CODE, Some("lookup"), Some("langchain"), message);
    (assigned.fingerprint, assigned.template.to_owned())
}

#[test]
fn messages_that_differ_in_values_are_one_pattern() {
    let mut miner = Miner::new();
    let (first, template) = assign(&mut miner, "order A-1182 not found");
    assert_eq!(template, "order <id> not found");
    assert_eq!(assign(&mut miner, "order B-77 not found").0, first);
    let (number, _) = assign(&mut miner, "amount must be a number, got \"12,50\"");
    assert_eq!(assign(&mut miner, "amount must be a number, got \"\"").0, number);
    assert_ne!(first, number);
    assert_eq!(miner.len(), 2);
}

#[test]
fn patterns_are_apart_by_code_subject_and_framework() {
    let mut miner = Miner::new();
    let mut seen = Vec::new();
    for code in [FailureCode::ToolError, FailureCode::ToolTimeout] {
        for subject in [None, Some(""), Some("a"), Some("b")] {
            for framework in [None, Some("a")] {
                seen.push(miner.assign(code, subject, framework, "it failed").fingerprint);
            }
        }
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
}

#[test]
fn a_place_that_keeps_varying_is_opened_and_the_fingerprint_stays() {
    let mut miner = Miner::new();
    let mut given = Vec::new();
    for name in ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"] {
        let message = format!("could not reserve a seat for guest {name} on this flight");
        let assigned = miner.assign(CODE, None, None, &message);
        given.push((assigned.fingerprint, assigned.is_new, assigned.refined, assigned.template.to_owned()));
    }
    let opened = given.iter().position(|(_, _, refined, _)| *refined).unwrap();
    assert_eq!(opened, 3, "with eight words agreeing the fourth name is enough");
    let (fingerprint, _, _, template) = &given[opened];
    assert_eq!(template, "could not reserve a seat for guest <*> on this flight");
    assert!(given[..opened].iter().any(|(earlier, ..)| earlier == fingerprint), "one of the earlier patterns lives on");
    assert!(given[opened..].iter().all(|(later, is_new, ..)| later == fingerprint && !is_new));
    let back = miner.assign(CODE, None, None, "could not reserve a seat for guest alpha on this flight");
    assert_eq!(back.fingerprint, *fingerprint);
}

#[test]
fn few_words_are_no_ground_to_unite() {
    let mut miner = Miner::new();
    for word in ["timeout", "refused", "denied", "expired"] {
        assert!(miner.assign(CODE, None, None, &format!("connection {word}")).is_new, "{word}");
    }
}

#[test]
fn a_message_of_nothing_is_a_pattern_too() {
    let mut miner = Miner::new();
    let first = miner.assign(FailureCode::Unclassified, None, None, "").fingerprint;
    assert_eq!(miner.assign(FailureCode::Unclassified, None, None, " \n\t").fingerprint, first);
    assert_eq!(miner.len(), 1);
}

#[test]
fn the_same_messages_give_the_same_fingerprints_in_every_process() {
    let mut miner = Miner::new();
    let found = miner.assign(FailureCode::ToolTimeout, Some("fetch_order"), Some("langchain"), "timed out after 30 s").fingerprint;
    assert_eq!(found.to_string(), "cb9bb3e382eabfbe");
}

#[test]
fn what_has_no_room_goes_to_the_catch_all_of_its_kind() {
    let mut miner = Miner::new();
    let word = |n: usize| -> String { format!("{n:04}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect() };
    // Every message differs from every other in two places, so that none are united.
    for n in 0..3_000 {
        let word = word(n);
        miner.assign(CODE, None, None, &format!("{word} of the {word} failed"));
    }
    assert!(miner.len() <= group::TEMPLATES_MAX + 1);
    let assigned = miner.assign(CODE, None, None, "something else entirely came to pass");
    assert_eq!((assigned.template, assigned.is_new), ("<*>", false));
    assert_ne!(miner.assign(CODE, None, None, "aaab of the aaab failed").template, "<*>", "what was known stays known");
    assert!(miner.assign(CODE, Some("other"), None, "something else entirely came to pass").is_new, "other kinds have room of their own");
}

#[test]
fn a_full_miner_still_gives_every_failure_a_fingerprint() {
    let mut miner = Miner::new();
    for kind in 0..PATTERNS_MAX + 50 {
        miner.assign(CODE, Some(&kind.to_string()), None, "it failed");
    }
    assert!(miner.len() <= PATTERNS_MAX + 1);
    let kept = miner.assign(CODE, Some("99999"), None, "it failed").fingerprint;
    let stored = Known { fingerprint: kept, code: CODE, subject: Some("20000"), framework: None, template: "<*>" };
    assert_eq!(kept, fingerprint(kind_of(CODE, None, None), &[Token::anything(false)]));
    assert!(Miner::restore([stored]).groups.contains_key(&kind_of(CODE, None, None)), "it goes back where it came from");
}

fn known<'p>((fingerprint, template): (&'p Fingerprint, &'p String)) -> Known<'p> {
    Known { fingerprint: *fingerprint, code: CODE, subject: Some("lookup"), framework: Some("langchain"), template }
}

fn messages() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        Just("order"),
        Just("user"),
        Just("bob"),
        Just("eve"),
        Just("ann"),
        Just("zed"),
        Just("kim"),
        Just("file.txt"),
        Just("<*>")
    ];
    let value = prop_oneof![Just("17".to_owned()), Just("'x'".to_owned()), Just("/tmp/a".to_owned()), Just("A-1".to_owned())];
    let filler = prop_oneof![3 => word.prop_map(str::to_owned), 1 => value];
    let message =
        (filler.clone(), filler).prop_map(|(one, other)| format!("the guest {one} could not be moved to the room of {other} today"));
    let free = "[a-c]{1,2}( [a-c]{1,2}){0,5}";
    proptest::collection::vec(prop_oneof![4 => message, 1 => free.prop_map(String::from)], 1..120)
}

/// Shares of right groups: of the messages (those whose group holds just the messages it should), and of the groups (F1).
fn grouping(given: &[(usize, Fingerprint)]) -> (f64, f64) {
    let mut expected: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut found: BTreeMap<Fingerprint, BTreeSet<usize>> = BTreeMap::new();
    for (at, (group, fingerprint)) in given.iter().enumerate() {
        expected.entry(*group).or_default().insert(at);
        found.entry(*fingerprint).or_default().insert(at);
    }
    let truth: BTreeSet<&BTreeSet<usize>> = expected.values().collect();
    let right: Vec<&BTreeSet<usize>> = found.values().filter(|group| truth.contains(group)).collect();
    let messages: usize = right.iter().map(|group| group.len()).sum();
    (messages as f64 / given.len() as f64, 2.0 * right.len() as f64 / (expected.len() + found.len()) as f64)
}

/// Messages as HTTP clients, databases, interpreters and model providers write them: a group of lines for each thing that went wrong. Few of each,
/// mixed, all in one group of the miner, which is harder than what a tool sends.
#[test]
fn errors_of_agents_tools_are_grouped_by_what_went_wrong() {
    let groups: Vec<Vec<String>> =
        include_str!("agent_errors.txt").split("\n\n").map(|group| group.lines().map(|line| line.replace("\\n", "\n")).collect()).collect();
    let mut mixed: Vec<(usize, &str)> =
        groups.iter().enumerate().flat_map(|(at, group)| group.iter().map(move |line| (at, line.as_str()))).collect();
    mixed.sort_by_key(|(_, line)| xxhash_rust::xxh3::xxh3_64(line.as_bytes()));
    assert!(mixed.len() >= 150 && groups.len() >= 100);
    let mut miner = Miner::new();
    let first: Vec<Fingerprint> = mixed.iter().map(|(_, line)| assign(&mut miner, line).0).collect();
    let given: Vec<(usize, Fingerprint)> =
        mixed.iter().zip(first).map(|((group, _), fingerprint)| (*group, miner.resolve(fingerprint))).collect();
    let (messages, patterns) = grouping(&given);
    println!("messages in right groups {messages:.3}, groups F1 {patterns:.3}, {} groups", miner.len());
    assert!(messages >= 0.75 && patterns >= 0.75, "{messages} {patterns}");
    let mut joined: HashMap<Fingerprint, BTreeSet<usize>> = HashMap::new();
    for (group, fingerprint) in given {
        joined.entry(fingerprint).or_default().insert(group);
    }
    assert!(joined.values().all(|groups| groups.len() == 1), "different things are never made one: {joined:?}");
}

#[test]
fn one_user_more_or_less_is_the_same_session() {
    let mut miner = Miner::new();
    let opened: Vec<Fingerprint> =
        ["root", "news", "eve"].map(|user| assign(&mut miner, &format!("session opened for user {user} by (uid=0)")).0).to_vec();
    let closed = assign(&mut miner, "session closed for user root").0;
    assert_ne!(miner.resolve(opened[0]), miner.resolve(closed));
    assert_eq!(miner.resolve(opened[0]), miner.resolve(opened[2]));
    assert_eq!(miner.resolve(opened[1]), miner.resolve(opened[2]), "what came before resolves to what came of it");
}

#[test]
fn a_phrase_is_no_value() {
    let mut miner = Miner::new();
    let login = |miner: &mut Miner, who: &str| assign(miner, &format!("Failed password for {who} from 10.0.0.7 port 5142")).0;
    for user in ["root", "eve", "bob", "ann", "kim"] {
        login(&mut miner, user);
    }
    let known = login(&mut miner, "zoe");
    assert_ne!(login(&mut miner, "invalid user test1"), known);
    assert_ne!(login(&mut miner, "invalid user x9"), known);
}

#[test]
fn where_a_long_message_was_cut_makes_no_difference() {
    let long = format!("ask 10.250.17.177 to delete {}", "blk_-8570780307468499817 ".repeat(80));
    let mut miner = Miner::new();
    let first = assign(&mut miner, &long).0;
    for end in 990..1_010 {
        assert_eq!(assign(&mut miner, &long[..end]).0, first, "{end}");
    }
}

#[test]
fn states_methods_and_errors_by_name_stay_apart() {
    for messages in [
        &["opened", "closed", "started", "stopped", "paused", "resumed"]
            .map(|word| format!("the instance of the job was {word} on this node")),
        &["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"]
            .map(|word| format!("10.0.0.7 \"{word} /v2/servers HTTP/1.1\" status: 200 len: 17")),
        &["ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND", "EACCES"]
            .map(|word| format!("request to the server failed: {word} 10.0.0.7:80")),
    ] {
        let mut miner = Miner::new();
        messages.iter().for_each(|message| drop(assign(&mut miner, message)));
        assert_eq!(miner.len(), messages.len(), "{}", messages[0]);
    }
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let mut miner = Miner::new();
    for n in 0..15_000_u64 {
        let words: Vec<String> = (0..40).map(|word| format!("w{:x}", xxhash_rust::xxh3::xxh3_64(&(n * 64 + word).to_le_bytes()))).collect();
        // Words of letters only: nothing in them is masked.
        let message: String = words.join(" ").chars().map(|c| c.to_digit(10).map_or(c, |digit| char::from(b'g' + digit as u8))).collect();
        miner.assign(CODE, Some(&(n % 400).to_string()), None, &message);
    }
    assert!(miner.bytes <= BYTES_MAX + 64 * 1024, "{} bytes", miner.bytes);
    assert!(miner.templates <= PATTERNS_MAX + 401);
    let counted: usize = miner.groups.values().map(Group::bytes).sum();
    assert_eq!(miner.bytes, counted);
}

#[test]
fn room_is_made_of_patterns_for_which_others_stand() {
    let mut miner = Miner::new();
    let name = |n: usize| -> String { format!("{n:03}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect() };
    for n in 0..4 {
        assign(&mut miner, &format!("no seat for guest {} on this flight today", name(n)));
    }
    let of_first = miner.len();
    for n in 0..2_000 {
        assign(&mut miner, &format!("{} of the {} failed", name(n % 1_000), name(n % 997)));
    }
    assert!(of_first >= 3 && miner.len() <= group::TEMPLATES_MAX + 1);
    assert!(assign(&mut miner, "no seat for guest zed on this flight today").1.contains("<*>"), "what was known stays known");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_number_id_or_address_is_the_same_pattern(
        words in proptest::collection::vec("q[a-z]{2,7}", 3..7),
        numbers in proptest::collection::vec(any::<u32>(), 2..12),
        ids in proptest::collection::vec(any::<u128>(), 2..12),
    ) {
        let mut miner = Miner::new();
        let mut seen = BTreeSet::new();
        for (number, id) in numbers.iter().zip(&ids) {
            let address = number.to_be_bytes().map(|part| part.to_string()).join(".");
            let message = format!("{} {number} {} of {} from {address}", words[0], words[1..].join(" "), uuid::Uuid::from_u128(*id));
            seen.insert(assign(&mut miner, &message).0);
        }
        prop_assert_eq!(seen.len(), 1);
    }

    #[test]
    fn what_a_pattern_resolves_to_stands_for_itself(messages in messages()) {
        let mut miner = Miner::new();
        let given: Vec<Fingerprint> = messages.iter().map(|message| assign(&mut miner, message).0).collect();
        for (message, fingerprint) in messages.iter().zip(given) {
            let resolved = miner.resolve(fingerprint);
            prop_assert_eq!(miner.resolve(resolved), resolved);
            let template = token::read(miner.template(resolved).unwrap());
            prop_assert!(evidence::matches(&template, &skeleton::of_message(message)), "{}", message);
        }
    }

    #[test]
    fn a_restored_miner_goes_on_as_the_lost_one(before in messages(), after in messages()) {
        let mut miner = Miner::new();
        let mut stored: BTreeMap<Fingerprint, String> = BTreeMap::new();
        for message in &before {
            let (fingerprint, template) = assign(&mut miner, message);
            stored.insert(fingerprint, template);
        }
        let mut upward = Miner::restore(stored.iter().map(known));
        let mut downward = Miner::restore(stored.iter().rev().map(known));
        prop_assert_eq!(upward.len(), miner.len());
        for message in &after {
            let expected = assign(&mut miner, message);
            prop_assert_eq!(assign(&mut upward, message), expected.clone());
            prop_assert_eq!(assign(&mut downward, message), expected);
        }
    }

    #[test]
    fn any_message_finds_a_pattern_and_finds_it_again(messages in proptest::collection::vec("\\PC{0,80}", 1..20)) {
        let mut miner = Miner::new();
        for message in &messages {
            let (fingerprint, _) = assign(&mut miner, message);
            prop_assert_eq!(assign(&mut miner, message).0, fingerprint);
        }
    }
}
