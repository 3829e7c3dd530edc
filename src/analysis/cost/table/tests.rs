//! What names lead to which price.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::{
    analysis::cost::price::Abilities,
    model::{
        money::Money,
        usage::{Service, TokenClass},
    },
};

static TABLE: LazyLock<PriceTable> = LazyLock::new(PriceTable::bundled);

/// Input and output in dollars for a million tokens.
fn listed(table: &PriceTable, provider: &str, model: &str) -> Option<(f64, f64)> {
    let rates = table.lookup((!provider.is_empty()).then_some(provider), model)?.rates_for(0);
    Some((rates.of(TokenClass::Input)?.per_million().usd(), rates.of(TokenClass::Output)?.per_million().usd()))
}

#[test]
fn the_bundled_file_is_right_and_says_where_it_comes_from() {
    assert!(file::parse(BUNDLED).is_ok());
    assert!(TABLE.len() > 2_000, "{}", TABLE.len());
    assert!(BUNDLED.len() < 500_000, "the file stays compact");
    assert_eq!(TABLE.taken().len(), 10);
    assert!(TABLE.source().contains("litellm") && TABLE.source().contains("genai-prices"));
    assert!(BUNDLED.contains("MIT licence"));
}

#[test]
fn every_listed_name_leads_to_its_own_price() {
    for host in TABLE.hosts.iter() {
        for (model, place) in &host.listed {
            let found = TABLE.lookup(Some(&host.name), model).unwrap_or_else(|| panic!("{}: {model}", host.name));
            assert!(found.asks_as(&host.prices[*place]), "{}: {model}", host.name);
        }
    }
}

#[test]
fn one_model_in_all_its_forms() {
    let gpt_4o = Some((2.5, 10.0));
    for (provider, model) in [
        ("openai", "gpt-4o"),
        ("", "gpt-4o"),
        ("", "openai/gpt-4o"),
        ("", "openai:gpt-4o"),
        ("openai", "gpt-4o-2024-08-06"),
        ("openai", "GPT-4o"),
        ("openai.chat", "gpt-4o"),
        ("azure", "gpt-4o"),
        ("azure", "azure/gpt-4o"),
        ("az.ai.openai", "gpt-4o-2024-11-20"),
        ("some-gateway", "gpt-4o"),
        ("openrouter", "openai/gpt-4o"),
        ("", "openrouter/openai/gpt-4o"),
    ] {
        assert_eq!(listed(&TABLE, provider, model), gpt_4o, "{provider} {model}");
    }
    let sonnet = Some((3.0, 15.0));
    for (provider, model) in [
        ("anthropic", "claude-3-5-sonnet-20240620"),
        ("anthropic", "claude-3-5-sonnet-latest"),
        ("anthropic", "claude-3.5-sonnet"),
        ("", "anthropic/claude-3-5-sonnet-20241022"),
        ("bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
        ("", "bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0"),
        ("", "bedrock/converse/anthropic.claude-3-5-sonnet-20240620-v1:0"),
        ("aws.bedrock", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0"),
        ("vertex_ai", "claude-3-5-sonnet@20240620"),
        ("gcp.vertex_ai", "publishers/anthropic/models/claude-3-5-sonnet@20240620"),
        ("openrouter", "anthropic/claude-3.5-sonnet"),
    ] {
        assert_eq!(listed(&TABLE, provider, model), sonnet, "{provider} {model}");
    }
    let flash = Some((0.1, 0.4));
    for (provider, model) in [("google", "models/gemini-2.0-flash"), ("gemini", "gemini-2.0-flash-001"), ("", "gemini/gemini-2.0-flash")] {
        assert_eq!(listed(&TABLE, provider, model), flash, "{provider} {model}");
    }
}

#[test]
fn a_name_that_begins_alike_is_another_model() {
    let table = PriceTable::with_overrides("[host.lab]\n[price.lab]\n\"foo\" = { input = 1 }").unwrap();
    for model in ["foo-mini", "foo-audio-preview", "foobar", "fo", "foo-", "foo/bar", "foo:free", "foo-preview"] {
        assert_eq!(table.lookup(Some("lab"), model), None, "{model}");
    }
    assert_ne!(listed(&TABLE, "openai", "gpt-4o-mini"), listed(&TABLE, "openai", "gpt-4o"));
    assert_ne!(listed(&TABLE, "openai", "gpt-4o-2024-05-13"), listed(&TABLE, "openai", "gpt-4o"));
    assert_eq!(listed(&TABLE, "openrouter", "meta-llama/llama-3.3-70b-instruct:free"), None, "a free variant is not the paid one");
}

#[test]
fn every_listed_name_is_found_in_other_forms_and_never_becomes_another_model() {
    let mut found = 0;
    for host in TABLE.hosts.iter() {
        for model in host.listed.keys() {
            let as_listed = &host.exact(model).unwrap().standard;
            let upper = model.to_ascii_uppercase();
            let prefixed = format!("{}/{model}", host.name);
            // Perplexity lists `sonar` and `perplexity/sonar`, which are two.
            let two = host.exact(&prefixed).is_some();
            let forms = [(Some(host.name.as_ref()), upper.as_str()), (Some(&host.name), &prefixed), (None, &prefixed)];
            for (provider, form) in forms.into_iter().take(if two { 1 } else { 3 }) {
                let price = TABLE.lookup(provider, form).unwrap_or_else(|| panic!("{provider:?} {form}"));
                assert_eq!(&price.standard, as_listed, "{provider:?} {form} became {} of {}", price.model, price.host);
            }
            for other in ["xq", "-mini-x", "-xq-2026-01-02", "/x"] {
                assert_eq!(TABLE.lookup(Some(&host.name), &format!("{model}{other}")), None, "{model}{other}");
            }
            found += 1;
        }
    }
    assert!(found > 4_000, "{found}");
}

#[test]
fn a_snapshot_that_is_not_listed_has_the_price_of_its_model() {
    let mut found = 0;
    for host in TABLE.hosts.iter().filter(|host| host.maker) {
        for model in host.listed.keys().filter(|model| super::name::canonical(model) == ***model && !model.contains(['/', ':', '@'])) {
            let dated = format!("{model}-2031-02-03");
            let price = TABLE.lookup(Some(&host.name), &dated).unwrap_or_else(|| panic!("{}: {dated}", host.name));
            assert_eq!(price.standard, host.exact(model).unwrap().standard, "{dated}");
            found += 1;
        }
    }
    assert!(found > 300, "{found}");
}

#[test]
fn a_zone_that_charges_more_is_not_passed_over() {
    let (plain, europe) = (listed(&TABLE, "azure", "azure/gpt-4.1").unwrap(), listed(&TABLE, "azure", "azure/eu/gpt-4.1").unwrap());
    assert!(europe.0 > plain.0);
}

#[test]
fn what_only_some_models_charge_for_is_listed() {
    let sonnet = TABLE.lookup(Some("anthropic"), "claude-sonnet-4-5").unwrap().rates_for(0);
    assert_eq!(sonnet.listed(TokenClass::CacheWriteHourInput).unwrap().per_million(), Money::from_usd(6.0).unwrap());
    assert_eq!(sonnet.listed(TokenClass::Search).unwrap().times(1), Money::from_usd(0.01).unwrap());
    let price = TABLE.lookup(Some("openai"), "gpt-4.1").unwrap();
    let batch = price.rates_served(0, Some(Service::Batch)).unwrap();
    assert_eq!(batch.of(TokenClass::Input).unwrap().per_million(), Money::from_usd(1.0).unwrap(), "half of $2");
    assert_eq!(price.abilities, Abilities { context: Some(1_047_576), tools: true, images: true, audio: false, caching: true });
}

#[test]
fn unknown_is_none() {
    for (provider, model) in [
        ("openai", "foo-7b"),
        ("", "foo-7b"),
        ("ollama", "gpt-4o"),
        ("vllm", "mistral-large-latest"),
        ("", "ollama/llama3"),
        ("", ""),
        ("openai", " "),
    ] {
        assert_eq!(TABLE.lookup((!provider.is_empty()).then_some(provider), model), None, "{provider} {model}");
    }
}

#[test]
fn regions_with_a_price_of_their_own_keep_it() {
    let everywhere = listed(&TABLE, "bedrock", "amazon.nova-pro-v1:0").unwrap();
    let europe = listed(&TABLE, "bedrock", "eu.amazon.nova-pro-v1:0").unwrap();
    assert!(europe.0 > everywhere.0);
    assert_eq!(listed(&TABLE, "bedrock", "us.amazon.nova-pro-v1:0"), Some(everywhere));
}

#[test]
fn hosts_of_one_open_model_must_agree_when_none_is_named() {
    let agree = "[host.a]\n[host.b]\n[price.a]\nfoo = { input = 1 }\n[price.b]\nfoo = { input = 1.0 }";
    assert!(PriceTable::with_overrides(agree).unwrap().lookup(None, "foo").is_some());
    let differ = agree.replace("1.0", "2");
    let table = PriceTable::with_overrides(&differ).unwrap();
    assert_eq!(table.lookup(None, "foo"), None);
    assert!(table.lookup(Some("b"), "foo").is_some());
}

#[test]
fn the_users_prices_win() {
    let table = PriceTable::with_overrides(
        r#"
        [host.proxy]
        names = ["our-proxy"]
        also = ["openai"]
        [price.openai]
        "gpt-4o" = { input = 1, output = 2 }
        [price.ollama]
        "llama3" = { input = 0.01, output = 0.01 }
        [price.any]
        "house-model" = { input = 7, output = 8 }
        "house-model-2" = "house-model"
        "#,
    )
    .unwrap();
    assert_eq!(listed(&table, "openai", "gpt-4o-2024-08-06"), Some((1.0, 2.0)));
    assert_eq!(listed(&table, "our_proxy", "gpt-4o"), Some((1.0, 2.0)));
    assert_eq!(listed(&table, "ollama", "llama3"), Some((0.01, 0.01)));
    assert_eq!(listed(&table, "whoever", "house-model"), Some((7.0, 8.0)));
    assert_eq!(listed(&table, "", "house-model-2"), Some((7.0, 8.0)));
    assert_eq!(table.taken(), TABLE.taken());
}

#[test]
fn a_bad_file_says_the_line() {
    for (text, line, part) in [
        ("[price.openai]\nx = { input = -1 }", 2, "0 to 100000"),
        ("[price.openai]\n\nx = { inptu = 1 }", 3, "inptu"),
        ("[price.openai]\nx = { input = \"free\" }", 2, "free"),
        ("[price.openai]\nx = {}", 2, "lists input, output or both"),
        ("[price.openai]\nx = 3", 2, "rates like"),
        ("[price.openai]\n\"x\" = \"nothing\"", 2, "nothing"),
        ("[price.openai]\nx = { input = 1", 2, ""),
        ("[host.x]\nalso = [\"nobody\"]", 2, "nobody"),
        ("[price.openai]\nx = { input = 0.0000001 }", 2, "six decimals"),
    ] {
        let error = PriceTable::with_overrides(text).unwrap_err();
        assert_eq!(error.line, Some(line), "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
        assert!(error.to_string().starts_with(&format!("line {line}: ")));
    }
}

#[test]
fn an_override_in_another_spelling_wins_where_spellings_meet() {
    let table = PriceTable::with_overrides("[price.anthropic]\n\"claude-3.5-sonnet\" = { input = 1, output = 2 }").unwrap();
    assert_eq!(listed(&table, "anthropic", "claude-sonnet-3-5-20240620"), Some((1.0, 2.0)));
}

#[test]
fn money_of_a_listed_price_is_exact() {
    let price = TABLE.lookup(Some("openai"), "gpt-4o").unwrap();
    assert_eq!(price.rates_for(900).of(TokenClass::Input).unwrap().times(900), Money::from_usd(0.00225).unwrap());
}

proptest! {
    #[test]
    fn any_text_can_be_looked_up(provider in proptest::option::of("\\PC{0,30}"), model in "\\PC{0,80}") {
        let _ = TABLE.lookup(provider.as_deref(), &model);
    }

    #[test]
    fn any_text_is_a_file_or_an_error(text in "\\PC{0,200}") {
        let _ = PriceTable::with_overrides(&text);
    }
}
