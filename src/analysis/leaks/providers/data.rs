//! Keys of databases, warehouses, search and data services.

use super::{Edge, Format, Proof, marked};

pub(super) const FORMATS: &[Format] = &[
    marked("databricks_token", &["dapi"], r"[0-9a-f]{32}(?:-\d)?").edge(Edge::Strict),
    marked("databricks_secret", &["dose"], r"[0-9a-f]{32}").edge(Edge::Strict),
    marked("supabase_key", &["sbp_", "sba_"], r"[0-9a-f]{40}"),
    marked("supabase_secret", &["sb_secret_"], r"[A-Za-z0-9_\-]{20,}"),
    marked("clickhouse_key", &["4b1d"], r"[A-Za-z0-9]{38}").edge(Edge::Strict),
    marked("cloudinary_url", &["cloudinary://"], r"\d+:[A-Za-z0-9_\-]+@").edge(Edge::Any),
    marked("neon_key", &["napi_"], r"[a-z0-9]{60,}"),
    marked("neon_password", &["npg_"], r"[A-Za-z0-9]{10,}").edge(Edge::Strict).proof(Proof::Random),
    marked("mongodb_atlas_secret", &["mdb_sa_sk_"], r"[A-Za-z0-9_\-]{30,}"),
    marked("astra_token", &["AstraCS:"], r"[A-Za-z]{24}:[0-9a-f]{64}"),
    marked("confluent_secret", &["cflt"], r"[A-Za-z0-9+/]{60}").edge(Edge::Strict),
    marked("aiven_token", &["aivenv1", "AVNS_"], r"[A-Za-z0-9+/=_\-]{15,}"),
    marked("google_maps_signature", &["&signature="], r"[A-Za-z0-9_\-]{27}=").edge(Edge::Any),
    marked("s3_signature", &["X-Amz-Signature="], r"[0-9a-f]{64}").edge(Edge::Any),
    marked("s3_security_token", &["X-Amz-Security-Token="], r"[A-Za-z0-9%+/=_\-]{100,}").edge(Edge::Any),
    marked("dbt_token", &["dbtc_", "dbtu_"], r"[A-Za-z0-9_\-]{30,}"),
];
