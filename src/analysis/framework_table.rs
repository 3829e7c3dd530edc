//! The one table of framework signals: what to look for, where, and how specific it is. Its sections are the files below this one.

mod clients;
mod frameworks;
mod names;
mod shapes;

pub(crate) use names::NAMES;

/// Where a signal is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The name of an instrumentation scope; `*` stands for anything, here and in the next five.
    Scope,
    /// A value of the program's own description, written `name=value`.
    Resource,
    /// A value of an attribute, written `name=value`.
    Attribute,
    /// The name of an attribute.
    AttributeName,
    /// The name of a span.
    SpanName,
    /// The name of a span's event.
    EventName,
    /// A key of the framework's metadata begins with the text.
    MetadataKey,
    /// A value in the metadata begins with the text as a word, whatever its case.
    MetadataValue,
    /// An exception's type, or a file in a traceback, lies in this module.
    Module,
    /// An exception's type has this name.
    Exception,
    /// A step has this name; `*` stands for any beginning.
    StepName,
    /// The id of a model's reply begins with the text.
    ResponseId,
}

impl Place {
    /// The place in a signal's wording.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Resource => "resource",
            Self::Attribute | Self::AttributeName => "attribute",
            Self::SpanName => "span",
            Self::EventName => "event",
            Self::MetadataKey => "framework_metadata key",
            Self::MetadataValue => "framework_metadata value",
            Self::Module => "module",
            Self::Exception => "exception",
            Self::StepName => "step",
            Self::ResponseId => "response id",
        }
    }
}

/// One row.
#[derive(Debug)]
pub(crate) struct Signal {
    /// Where to look.
    pub(crate) place: Place,
    /// What for.
    pub(crate) text: &'static str,
    /// What else the run's telemetry must have for the signal to count.
    pub(crate) with: &'static [(Place, &'static str)],
    /// What it gives away.
    pub(crate) framework: &'static str,
    /// How specific it is.
    pub(crate) rank: Rank,
}

/// How specific a signal is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// The company whose model was called: the client is likely its own.
    Provider,
    /// Names as a client's instrumentation gives them; they count only where no scope tells.
    ClientShape,
    /// The same of a client that calls other clients.
    RouterShape,
    /// A protocol by which agents reach their tools, whatever they are built with.
    Protocol,
    /// A model client: used by agents of their own making and inside every framework.
    Client,
    /// A client that calls other clients.
    Router,
    /// Marks set by hand around code of any kind.
    Decorator,
    /// Names as a framework's instrumentation gives them; they count only where no scope tells.
    FrameworkShape,
    /// A framework.
    Framework,
    /// A framework built on another, whose signals it carries too.
    OnTop,
    /// Said outright.
    Named,
}

impl Rank {
    /// Whether it is a guess from the look of names, for want of a scope.
    pub(crate) const fn is_shape(self) -> bool {
        matches!(self, Self::Provider | Self::ClientShape | Self::RouterShape | Self::FrameworkShape)
    }
}

/// Rows: `"framework" Rank { Place: "text", "text" & Place "what else"; … }`.
macro_rules! signals {
    ($( $framework:literal $rank:ident { $( $place:ident : $( $text:literal $( & $more:ident $and:literal )* ),+ );* $(;)? } )+) => {
        /// The rows of this section.
        pub(super) const SIGNALS: &[Signal] = &[ $( $( $(
            Signal {
                place: Place::$place,
                text: $text,
                with: &[ $( (Place::$more, $and) ),* ],
                framework: $framework,
                rank: Rank::$rank,
            },
        )+ )* )+ ];
    };
}
use signals;

/// All rows.
pub(crate) fn rows() -> impl Iterator<Item = &'static Signal> {
    [frameworks::SIGNALS, clients::SIGNALS, shapes::SIGNALS].into_iter().flatten()
}

/// Instrumentations that are only ever made for what agents are built with: a scope named with one of these beginnings names a framework,
/// known here or not.
pub(crate) const INSTRUMENTATION: &[&str] = &[
    "openinference.instrumentation.",
    "@arizeai/openinference-instrumentation-",
    "opentelemetry.instrumentation.genai.",
    "openlit.instrumentation.",
];

/// What else such a scope may name after its last dot, in a family that instruments all kinds of things.
pub(crate) const OTHERS: &[&str] =
    &["groq", "ollama", "cohere", "vertexai", "together", "replicate", "watsonx", "sagemaker", "writer", "alephalpha", "transformers"];

/// The attribute in which our own tracer says what it found the agent to be.
pub(crate) const LOOKED_AT: &str = "arc.framework";

/// Attributes that say who was called; some frameworks write their own name there.
pub(crate) const PROVIDERS: &[&str] = &[LOOKED_AT, "gen_ai.provider.name", "gen_ai.system", "llm.system", "llm.provider"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_leads_to_a_known_name() {
        for signal in rows() {
            assert!(NAMES.iter().any(|(name, _)| *name == signal.framework), "{}", signal.framework);
        }
    }

    #[test]
    fn every_name_has_a_signal() {
        for (name, _) in NAMES {
            assert!(rows().any(|signal| signal.framework == *name), "{name}");
        }
    }

    #[test]
    fn no_signal_stands_twice() {
        let all: Vec<&Signal> = rows().collect();
        for (position, signal) in all.iter().enumerate() {
            let same = |other: &&&Signal| (other.place, other.text, other.with) == (signal.place, signal.text, signal.with);
            assert!(!all[..position].iter().any(|other| same(&other)), "{signal:?}");
        }
    }

    #[test]
    fn a_value_is_written_with_the_name_of_its_attribute() {
        for signal in rows() {
            for (place, text) in std::iter::once((signal.place, signal.text)).chain(signal.with.iter().copied()) {
                let valued = matches!(place, Place::Attribute | Place::Resource);
                assert!(!valued || text.split_once('=').is_some_and(|(name, value)| !name.contains('*') && !value.is_empty()), "{text}");
            }
        }
    }

    #[test]
    fn other_names_are_bare_letters() {
        for (_, others) in NAMES {
            for other in *others {
                assert!(other.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{other}");
            }
        }
    }
}
