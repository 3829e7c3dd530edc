//! Sensitive data seen where it flowed.

use serde::{Deserialize, Serialize};

use super::{ids::StepNumber, probability::Probability};

/// One piece of sensitive data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// `credit_card`, `email_address`, `phone_number`, `iban_code`, `us_ssn`, `ip_address`, `secret`, …
    pub kind: String,
    /// The rule that found it.
    pub rule: String,
    /// The field it was found in, such as `output` or `tool_calls.input`.
    pub r#where: String,
    /// The step it was found in.
    pub step: Option<StepNumber>,
    /// The value with its middle hidden.
    pub masked: String,
    /// The value itself, only when revealing was asked for; never stored.
    pub value: Option<String>,
    /// How sure the rule is.
    pub probability: Probability,
}
