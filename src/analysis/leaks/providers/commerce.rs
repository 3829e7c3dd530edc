//! Keys of payment, shops, shipping, banking and exchanges.

use super::{Edge, Format, Proof, marked, shaped};

pub(super) const FORMATS: &[Format] = &[
    marked("stripe_webhook_secret", &["whsec_"], r"[A-Za-z0-9+/=]{24,}"),
    marked("square_token", &["sq0atp-", "sq0csp-", "sq0idp-", "sq0ids-", "sq0iro-"], r"[A-Za-z0-9_\-]{22,43}"),
    marked("square_access_token", &["EAAA"], r"[A-Za-z0-9_\-+=]{56,62}").edge(Edge::Strict),
    marked("shopify_token", &["shpat_", "shpca_", "shppa_", "shpss_", "shpua_", "shptka_", "shpit_"], r"[0-9A-Fa-f]{32}"),
    marked("shippo_token", &["shippo_live_", "shippo_test_"], r"[0-9A-Fa-f]{40}"),
    marked("easypost_key", &["EZAK", "EZTK"], r"[A-Za-z0-9]{54}").edge(Edge::Strict),
    marked(
        "plaid_token",
        &["access-sandbox-", "access-development-", "access-production-"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    marked("duffel_token", &["duffel_test_", "duffel_live_"], r"[A-Za-z0-9_\-=]{43}"),
    marked("flutterwave_key", &["FLWPUBK_TEST-", "FLWSECK_TEST-", "FLWPUBK-", "FLWSECK-"], r"[0-9A-Za-z]{12,36}(?:-X)?"),
    marked("flutterwave_encryption_key", &["FLWSECK_TEST"], r"[0-9A-Za-z]{12}"),
    marked("adyen_key", &["AQE"], r"[A-Za-z0-9+/]{60,}(?:-[A-Za-z0-9+/]{20,})?={0,2}").edge(Edge::Strict).proof(Proof::Random),
    marked("paddle_key", &["pdl_live_apikey_", "pdl_sdbx_apikey_", "pdl_ntfset_"], r"[A-Za-z0-9_]{30,}"),
    marked("bitcoin_private_key", &["xprv"], r"[1-9A-HJ-NP-Za-km-z]{107,108}"),
    marked("braintree_token", &["access_token$production$", "access_token$sandbox$"], r"[0-9a-z]{16}\$[0-9a-f]{32}"),
    marked("settlemint_token", &["sm_aat_", "sm_pat_", "sm_sat_"], r"[A-Za-z0-9]{16}"),
    marked("polar_token", &["polar_oat_", "polar_pat_"], r"[A-Za-z0-9]{30,}"),
    shaped("gocardless_token", r"live_[A-Za-z0-9_=\-]{40}").proof(Proof::Random),
    shaped("mollie_key", r"(?:live|test)_[A-Za-z0-9]{30,35}").proof(Proof::Random),
];
