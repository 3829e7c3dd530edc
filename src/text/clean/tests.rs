//! What cleaning promises, by example and by property.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;

use super::*;

#[test]
fn plain_text_is_borrowed() {
    for text in ["", "plain text ~", "Größe 12 €", "日本語のテキスト", "👍🏽 done", "e\u{301}t\u{e9}"] {
        assert!(matches!(clean_line(text), Cow::Borrowed(same) if same == text), "{text:?}");
    }
    assert!(matches!(clean_block("two\nlines"), Cow::Borrowed(_)));
}

#[test]
fn escape_sequences_vanish_whole() {
    assert_eq!(clean_line("\x1b[31mred\x1b[0m text"), "red text");
    assert_eq!(clean_line("\x1b]0;owned\x07title"), "title");
    assert_eq!(clean_line("see \x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\"), "see here");
    assert_eq!(clean_line("a\x1bPq#0\x1b\\b\x1b_x\x1b\\c\x1b^y\x1b\\d\x1bXz\x1b\\e"), "abcde");
    assert_eq!(clean_line("\u{9b}2J\u{9d}0;t\u{9c}done"), "done");
    assert_eq!(clean_line("\x1bc\x1b(Breset"), "reset");
}

#[test]
fn a_broken_sequence_hides_nothing() {
    assert_eq!(clean_line("\x1b]0;the rest of the message"), "�]0;the rest of the message");
    assert_eq!(clean_line("\u{9d}0;rest"), "�0;rest");
    assert_eq!(clean_line("\x1b[31"), "�[31");
    assert_eq!(clean_line("end\x1b"), "end�");
    assert_eq!(clean_block("\x1bPone\ntwo\x1b\\"), "�Pone\ntwo");
}

#[test]
fn other_controls_become_one_visible_mark_for_a_run() {
    assert_eq!(clean_line("a\0\x01\x02b\x7f"), "a�b�");
    assert_eq!(clean_line("a\u{80}\u{9c}b"), "a�b");
    assert_eq!(clean_line("pass\x08\x08\x08\x08word"), "pass�word");
}

#[test]
fn direction_tricks_show() {
    assert_eq!(clean_line("user\u{202e}nimda\u{202c}"), "user�nimda�");
    assert_eq!(clean_line("\u{2066}\u{2067}x\u{2069}"), "�x�");
    assert_eq!(clean_line("a\u{200e}b\u{200f}c\u{61c}d"), "abcd");
}

#[test]
fn hidden_characters_are_left_out_and_hidden_messages_show() {
    assert_eq!(clean_line("pay\u{200b}pal\u{feff}\u{ad}\u{2060}"), "paypal");
    assert_eq!(clean_line("hi\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}!"), "hi�!");
    assert_eq!(clean_line("a\u{fff9}b\u{fffa}c\u{fffb}"), "abc");
    assert_eq!(clean_line("❤\u{fe0f} 👩\u{200d}🚀"), "❤ 👩🚀");
    assert_eq!(clean_line("\u{e000}\u{f8ff}"), "\u{e000}\u{f8ff}", "private use is left alone");
}

#[test]
fn marks_are_few_and_have_a_base() {
    let flood = format!("H{}e", "\u{301}".repeat(500));
    assert_eq!(clean_line(&flood), format!("H{}e", "\u{301}".repeat(usize::from(MARKS_MAX))));
    assert_eq!(clean_line("\u{301}x"), "x");
    assert_eq!(clean_block("a\n\u{338}b"), "a\nb");
    assert_eq!(clean_line("မြွှေ့"), "မြွှေ့", "a Burmese syllable with five marks stays whole");
}

#[test]
fn endless_clusters_are_cut() {
    let jamo = "\u{1100}".repeat(70_000);
    assert_eq!(clean_line(&jamo).chars().count(), CLUSTER_MAX);
    let conjunct = "क्".repeat(70_000);
    assert!(clean_line(&conjunct).chars().count() <= CLUSTER_MAX);
    let around_a_digit = format!("{}0{}", "\u{600}".repeat(26), "\u{300}".repeat(6));
    assert_eq!(clean_line(&around_a_digit).chars().count(), CLUSTER_MAX);
    assert_eq!(clean_line("र्त्स्न्या"), "र्त्स्न्या", "a real conjunct stays whole");
}

#[test]
fn lines_and_tabs_by_form() {
    let text = "a\r\nb\rc\u{b}d\u{2028}e\u{85}f\tg\n";
    assert_eq!(clean_line(text), "a b c d e f g ");
    assert_eq!(clean_block(text), "a\nb\nc\nd\ne\nf    g\n");
}

#[test]
fn many_unterminated_strings_take_linear_time() {
    // Quadratic scanning of these 2 MB would take minutes; the deadline is generous for a slow machine.
    let started = std::time::Instant::now();
    for introducer in ["\x1b]", "\u{9d}", "\x1b[1;", "\x1b    "] {
        let _ = clean_line(&introducer.repeat(500_000));
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
}

/// Characters that matter here, far more often than chance would bring them.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        2 => "[ -~]{0,8}",
        1 => proptest::char::range('\0', '\u{a0}').prop_map(String::from),
        1 => proptest::char::range('\u{2000}', '\u{2070}').prop_map(String::from),
        1 => proptest::char::range('\u{300}', '\u{36f}').prop_map(|mark| String::from(mark).repeat(9)),
        1 => proptest::char::range('\u{e0000}', '\u{e01ff}').prop_map(String::from),
        1 => proptest::char::range('\u{1100}', '\u{11ff}').prop_map(|jamo| String::from(jamo).repeat(40)),
        1 => proptest::sample::select(vec!["\u{600}", "\u{110bd}", "क्", "\u{1f1e6}", "👩\u{200d}", "\r", "\n"])
            .prop_flat_map(|text| (1usize..40).prop_map(move |times| text.repeat(times))),
        2 => proptest::sample::select(vec!["\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\u{9b}", "\u{9d}", "\u{9c}", "\x07", "\x1b(", "31m"])
            .prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

static FORBIDDEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\x{fff9}-\x{fffb}]").unwrap());

proptest! {
    #[test]
    fn nothing_forbidden_comes_out(text in hostile()) {
        let line = clean_line(&text);
        prop_assert!(!FORBIDDEN.is_match(&line), "{line:?}");
        let block = clean_block(&text);
        for line in block.split('\n') {
            prop_assert!(!FORBIDDEN.is_match(line), "{line:?}");
        }
    }

    #[test]
    fn cleaning_again_changes_nothing(text in hostile()) {
        for clean in [clean_line, clean_block] {
            let once = clean(&text).into_owned();
            let again = clean(&once);
            prop_assert_eq!(&again, &once);
            prop_assert!(matches!(again, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn it_borrows_exactly_when_nothing_changes(text in hostile()) {
        for clean in [clean_line, clean_block] {
            let cleaned = clean(&text);
            prop_assert_eq!(matches!(cleaned, Cow::Borrowed(_)), cleaned == text);
        }
    }

    #[test]
    fn a_block_made_a_line_is_the_line(text in "[ -~\n]{0,60}") {
        prop_assert_eq!(clean_block(&text).replace('\n', " "), clean_line(&text));
    }

    #[test]
    fn clusters_and_their_marks_are_bounded(text in hostile()) {
        for cluster in clean_line(&text).graphemes(true) {
            prop_assert!(cluster.chars().count() <= CLUSTER_MAX);
            let mut run = 0;
            for character in cluster.chars() {
                run = if character_width(character) == 0 { run + 1 } else { 0 };
                prop_assert!(run <= MARKS_MAX);
            }
        }
    }
}
