//! Keys of chat, mail, telephony and social networks.

use super::{Edge, Format, Proof, marked, shaped};

pub(super) const FORMATS: &[Format] = &[
    marked(
        "slack_token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxe-", "xoxo-", "xoxr-", "xoxs-", "xoxc-", "xoxd-", "xoxe."],
        r"(?:xox[abp]-)?(?:\d+-)*[A-Za-z0-9%\-]{10,}",
    ),
    marked("slack_app_token", &["xapp-"], r"\d-[A-Z0-9]+-\d+-[A-Za-z0-9]+"),
    marked("slack_config_token", &["xoxe.xoxb-", "xoxe.xoxp-"], r"\d-[A-Za-z0-9]{100,}"),
    marked("slack_webhook", &["hooks.slack.com/"], r"(?:services|workflows|triggers)/[A-Za-z0-9+/]{30,}").edge(Edge::Any),
    marked("teams_webhook", &["webhook.office.com/webhookb2/"], r"[A-Za-z0-9@\-]+/IncomingWebhook/[A-Za-z0-9\-]+/[A-Za-z0-9\-]+")
        .edge(Edge::Any),
    marked("discord_webhook", &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"], r"\d+/[A-Za-z0-9_\-]{40,}").edge(Edge::Any),
    marked("sendgrid_key", &["SG."], r"[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{16,64}"),
    marked("sendinblue_key", &["xkeysib-", "xsmtpsib-"], r"[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    marked("mailgun_key", &["key-"], r"[0-9a-f]{32}").edge(Edge::Strict),
    marked("mailchimp_key", &["-us"], r"\d{1,2}").led_by(r"[0-9a-f]{32}").edge(Edge::Strict),
    marked("facebook_token", &["EAAM", "EAAC", "EAAB", "EAAG", "EAAD", "EAAI"], r"[A-Za-z0-9]{80,}").edge(Edge::Strict),
    marked("twitter_bearer", &["AAAAAAAAAAAAAAAAAAAAA"], r"[A-Za-z0-9%]{40,}").edge(Edge::Strict).proof(Proof::Form),
    marked(
        "hubspot_token",
        &["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"],
        r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
    ),
    marked("mapbox_secret_token", &["sk.eyJ1"], r"[A-Za-z0-9_\-]{40,}\.[A-Za-z0-9_\-]{20,}"),
    shaped("discord_bot_token", r"[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,38}"),
    shaped("telegram_bot_token", r"\d{8,10}:[A-Za-z0-9_\-]{35}"),
    shaped("facebook_app_token", r"\d{15,16}(?:\||%7C|%)[0-9A-Za-z_\-]{27,40}"),
    shaped("mailgun_signing_key", r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
    shaped("mandrill_key", r"md-[A-Za-z0-9_\-]{22}").proof(Proof::Random),
    shaped("resend_key", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,26}"),
    shaped("beamer_key", r"b_[A-Za-z0-9=_\-]{44}").proof(Proof::Random).near(&["beamer"]),
    shaped("twilio_key", r"SK[0-9a-f]{32}"),
    shaped("mapbox_token", r"pk\.[a-z0-9]{60}\.[a-z0-9]{22}"),
    shaped("linkedin_secret", r"WPL_AP[01]\.[A-Za-z0-9]{14,20}\.[A-Za-z0-9+/=]{4,}"),
    shaped("yahoo_key", r"dj0yJmk9[A-Za-z0-9]{40,}"),
];
