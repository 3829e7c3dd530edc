//! What sensitive data is called.

/// A kind of sensitive data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A key, token, password or private key.
    Secret,
    /// A payment card's number.
    CreditCard,
    /// An international bank account number.
    Iban,
    /// A social security number of the United States.
    Ssn,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An address of a machine on the internet.
    Ip,
    /// Where somebody receives cryptocurrency.
    CryptoAddress,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Secret, Self::CreditCard, Self::Iban, Self::Ssn, Self::Phone, Self::Email, Self::Ip, Self::CryptoAddress];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::CreditCard => "credit_card",
            Self::Iban => "iban_code",
            Self::Ssn => "us_ssn",
            Self::Phone => "phone_number",
            Self::Email => "email_address",
            Self::Ip => "ip_address",
            Self::CryptoAddress => "crypto_address",
        }
    }

    /// In a sentence.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Secret => "a secret",
            Self::CreditCard => "a card number",
            Self::Iban => "a bank account number",
            Self::Ssn => "a social security number",
            Self::Phone => "a phone number",
            Self::Email => "an e-mail address",
            Self::Ip => "an IP address",
            Self::CryptoAddress => "a cryptocurrency address",
        }
    }
}
