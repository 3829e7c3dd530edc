//! What the program runs with, and where each value came from: flag, environment, configuration file or default, in that order.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    arguments::GlobalArguments,
    budgets::{self, BudgetTable},
    exit::CliError,
};
use crate::model::{budget::Budget, progress::Patience, time::Elapsed};

/// The address the listener takes when nothing says otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8000";

/// Longest time that more of an ended run is waited for.
const LONGEST_QUIET_TIME: Elapsed = Elapsed::from_micros(3_600_000_000);

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    Flag,
    /// An environment variable.
    Environment,
    /// The configuration file.
    File,
    /// Nothing named it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "config file",
            Self::Default => "default",
        })
    }
}

/// A value that knows where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// The configuration file: every key optional, unknown keys refused so that a typing error is seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    listen: Option<String>,
    otlp_listen: Option<Vec<String>>,
    allow_host: Option<Vec<String>>,
    store: Option<PathBuf>,
    theme: Option<String>,
    glyphs: Option<String>,
    api_key: Option<String>,
    log: Option<PathBuf>,
    max_store_mb: Option<u64>,
    keep_days: Option<u32>,
    quiet_time: Option<String>,
    redact: Option<bool>,
    budget: Option<BudgetTable>,
    project: Option<Vec<PathBuf>>,
    watch: Option<Vec<PathBuf>>,
}

/// What the program runs with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `~/.arc-eval`, or beside a chosen configuration file's default.
    pub home: PathBuf,
    /// The configuration file, whether or not it is there.
    pub config: Setting<PathBuf>,
    /// The listener's address.
    pub listen: Setting<String>,
    /// Further addresses to take OpenTelemetry on, none when empty; `None` leaves it to the command.
    pub otlp_listen: Setting<Option<Vec<String>>>,
    /// Names by which containers or other machines reach us.
    pub allow_hosts: Setting<Vec<String>>,
    /// The store's file.
    pub store: Setting<PathBuf>,
    /// The theme's name; `None` lets the workbench choose.
    pub theme: Setting<Option<String>>,
    /// The characters to draw with: `line`, `ascii` or `none`.
    pub glyphs: Setting<String>,
    /// The key that requests must carry.
    pub api_key: Setting<Option<String>>,
    /// Whether a key is needed even on loopback: `ARC_EVAL_ENV` is set to something other than `development`.
    pub key_required: Setting<bool>,
    /// The log file; `None` writes no log.
    pub log: Setting<Option<PathBuf>>,
    /// Most megabytes of compressed traces to keep; `None` keeps all.
    pub max_store_mb: Setting<Option<u64>>,
    /// Days a trace is kept; `None` keeps all.
    pub keep_days: Setting<Option<u32>>,
    /// How long after its end more is waited for of a run that comes as spans.
    pub quiet_time: Setting<Elapsed>,
    /// Whether sensitive data is taken out of traces before they are stored.
    pub redact: Setting<bool>,
    /// What may be spent.
    pub budgets: Setting<Vec<Budget>>,
    /// The name the user is logged in by, for the history of what was decided.
    pub user: Option<String>,
    /// Folders that hold agents' source: fixes are made for files under them and touch nothing else.
    pub projects: Setting<Vec<PathBuf>>,
    /// Folders whose trace files are imported by the workbench and by `serve`.
    pub watch: Setting<Vec<PathBuf>>,
}

/// What the environment says, gathered once so that tests can say it instead.
#[derive(Debug, Default, Clone)]
pub struct Environment {
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// `ARC_EVAL_STORE`.
    pub store: Option<PathBuf>,
    /// `ARC_EVAL_LISTEN`.
    pub listen: Option<String>,
    /// `ARC_EVAL_API_KEY`; an empty one counts as none.
    pub api_key: Option<String>,
    /// `ARC_EVAL_ENV`.
    pub environment: Option<String>,
    /// The name the user is logged in by: `USER`, `LOGNAME` or `USERNAME`.
    pub user: Option<String>,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            home: etcetera::home_dir().ok(),
            store: std::env::var_os("ARC_EVAL_STORE").filter(|value| !value.is_empty()).map(PathBuf::from),
            listen: text("ARC_EVAL_LISTEN"),
            api_key: text("ARC_EVAL_API_KEY"),
            environment: text("ARC_EVAL_ENV"),
            user: ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(text),
        }
    }
}

/// The first of flag, environment and file that names a value, else the default.
fn choose<T>(flag: Option<T>, environment: Option<T>, file: Option<T>, default: T) -> Setting<T> {
    let named = [(flag, Origin::Flag), (environment, Origin::Environment), (file, Origin::File)];
    for (value, origin) in named {
        if let Some(value) = value {
            return Setting { value, origin };
        }
    }
    Setting { value: default, origin: Origin::Default }
}

/// Addresses without the word that stands for none.
fn addresses(named: &[String]) -> Vec<String> {
    named.iter().filter(|address| *address != "off").cloned().collect()
}

/// Reads a length of time: `5s`, `500ms`, `1m`; from nothing to an hour.
fn quiet_time(name: &str, text: &str) -> Result<Elapsed, CliError> {
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit.trim() {
        "ms" => 1e-3,
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => f64::NAN,
    };
    let length = number.parse::<f64>().ok().and_then(|number| Elapsed::from_seconds(number * seconds));
    length.filter(|length| *length <= LONGEST_QUIET_TIME).ok_or_else(|| {
        CliError::wrong_use(format!("{name}: {text:?} is not a length of time of at most an hour; write it like 5s, 500ms or 1m"))
    })
}

fn read_config(path: &Path, must_exist: bool) -> Result<ConfigFile, CliError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(ConfigFile::default()),
        Err(error) => return Err(CliError::wrong_use(format!("cannot read the configuration {}: {error}", path.display()))),
    };
    toml::from_str(&text).map_err(|error| CliError::wrong_use(format!("the configuration {} is wrong:\n{error}", path.display())))
}

/// `~/.arc-eval`.
fn home(environment: &Environment) -> Result<PathBuf, CliError> {
    let home = environment.home.clone().map(|home| home.join(".arc-eval"));
    home.ok_or_else(|| CliError::wrong_use("no home folder is known; set HOME, or name --store and --config"))
}

impl Settings {
    /// Resolves every value. Fails with a sentence when the configuration file cannot be read or holds an unknown key.
    pub fn resolve(arguments: &GlobalArguments, environment: &Environment) -> Result<Self, CliError> {
        let home = home(environment)?;
        let config = choose(arguments.config.clone(), None, None, home.join("config.toml"));
        let file = read_config(&config.value, config.origin != Origin::Default)?;
        Self::of(arguments, environment, home, config, file)
    }

    /// The same as if there were no configuration file, for looking at what is wrong with it.
    pub fn without_file(arguments: &GlobalArguments, environment: &Environment) -> Result<Self, CliError> {
        let home = home(environment)?;
        let config = choose(arguments.config.clone(), None, None, home.join("config.toml"));
        Self::of(arguments, environment, home, config, ConfigFile::default())
    }

    fn of(
        arguments: &GlobalArguments,
        environment: &Environment,
        home: PathBuf,
        config: Setting<PathBuf>,
        file: ConfigFile,
    ) -> Result<Self, CliError> {
        let production = environment.environment.as_deref().is_some_and(|name| name != "development");
        Ok(Self {
            listen: choose(arguments.listen.clone(), environment.listen.clone(), file.listen, DEFAULT_LISTEN.to_owned()),
            otlp_listen: choose(
                (!arguments.otlp_listen.is_empty()).then(|| Some(addresses(&arguments.otlp_listen))),
                None,
                file.otlp_listen.map(|named| Some(addresses(&named))),
                None,
            ),
            allow_hosts: choose(
                (!arguments.allow_host.is_empty()).then(|| arguments.allow_host.clone()),
                None,
                file.allow_host,
                Vec::new(),
            ),
            store: choose(arguments.store.clone(), environment.store.clone(), file.store, home.join("traces.redb")),
            theme: choose(arguments.theme.clone().map(Some), None, file.theme.map(Some), None),
            glyphs: choose(None, None, file.glyphs, "line".to_owned()),
            api_key: choose(None, environment.api_key.clone().map(Some), file.api_key.filter(|key| !key.is_empty()).map(Some), None),
            key_required: choose(None, environment.environment.as_ref().map(|_| production), None, false),
            log: choose(arguments.log.clone().map(Some), None, file.log.map(Some), None),
            max_store_mb: choose(None, None, file.max_store_mb.map(Some), None),
            keep_days: choose(None, None, file.keep_days.map(Some), None),
            quiet_time: choose(
                arguments.quiet_time.as_deref().map(|text| quiet_time("--quiet-time", text)).transpose()?,
                None,
                file.quiet_time.as_deref().map(|text| quiet_time("quiet_time", text)).transpose()?,
                Patience::default().quiet,
            ),
            redact: choose(None, None, file.redact, false),
            budgets: choose(None, None, file.budget.as_ref().map(budgets::of_table).transpose()?, Vec::new()),
            projects: choose(
                (!arguments.project.is_empty()).then(|| arguments.project.clone()),
                None,
                file.project,
                vec![PathBuf::from(".")],
            ),
            user: environment.user.clone(),
            watch: choose((!arguments.watch.is_empty()).then(|| arguments.watch.clone()), None, file.watch, Vec::new()),
            home,
            config,
        })
    }

    /// Every value with where it came from, for `config`: name, value as text, origin. The key is not shown.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String, Origin)> {
        let optional = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        vec![
            ("config", self.config.value.display().to_string(), self.config.origin),
            ("listen", self.listen.value.clone(), self.listen.origin),
            (
                "otlp_listen",
                self.otlp_listen.value.as_ref().map_or("standard".to_owned(), |named| named.join(", ")),
                self.otlp_listen.origin,
            ),
            ("allow_host", self.allow_hosts.value.join(", "), self.allow_hosts.origin),
            ("store", self.store.value.display().to_string(), self.store.origin),
            ("theme", optional(&self.theme.value), self.theme.origin),
            ("glyphs", self.glyphs.value.clone(), self.glyphs.origin),
            ("api_key", if self.api_key.value.is_some() { "set".to_owned() } else { "none".to_owned() }, self.api_key.origin),
            ("key_required", self.key_required.value.to_string(), self.key_required.origin),
            ("log", optional(&self.log.value.as_ref().map(|path| path.display().to_string())), self.log.origin),
            ("max_store_mb", optional(&self.max_store_mb.value.map(|megabytes| megabytes.to_string())), self.max_store_mb.origin),
            ("quiet_time", format!("{}ms", self.quiet_time.value.millis()), self.quiet_time.origin),
            ("redact", self.redact.value.to_string(), self.redact.origin),
            ("budget", budgets::shown(&self.budgets.value), self.budgets.origin),
            (
                "project",
                self.projects.value.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "),
                self.projects.origin,
            ),
            ("watch", self.watch.value.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "), self.watch.origin),
            ("keep_days", optional(&self.keep_days.value.map(|days| days.to_string())), self.keep_days.origin),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn environment(home: &Path) -> Environment {
        Environment { home: Some(home.to_owned()), ..Environment::default() }
    }

    #[test]
    fn a_flag_wins_over_environment_over_file_over_default() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".arc-eval");
        std::fs::create_dir_all(&folder).unwrap();
        let mut arguments = GlobalArguments::default();
        let mut environment = environment(home.path());
        let listen = |arguments: &GlobalArguments, environment: &Environment| Settings::resolve(arguments, environment).unwrap().listen;

        assert_eq!(listen(&arguments, &environment), Setting { value: DEFAULT_LISTEN.to_owned(), origin: Origin::Default });
        std::fs::write(folder.join("config.toml"), "listen = \"127.0.0.1:1\"").unwrap();
        assert_eq!(listen(&arguments, &environment), Setting { value: "127.0.0.1:1".to_owned(), origin: Origin::File });
        environment.listen = Some("127.0.0.1:2".to_owned());
        assert_eq!(listen(&arguments, &environment).origin, Origin::Environment);
        arguments.listen = Some("127.0.0.1:3".to_owned());
        assert_eq!(listen(&arguments, &environment), Setting { value: "127.0.0.1:3".to_owned(), origin: Origin::Flag });
    }

    #[test]
    fn a_typing_error_in_the_file_is_named() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join(".arc-eval")).unwrap();
        std::fs::write(home.path().join(".arc-eval/config.toml"), "lisen = \"127.0.0.1:1\"").unwrap();
        let error = Settings::resolve(&GlobalArguments::default(), &environment(home.path())).unwrap_err();
        assert!(error.to_string().contains("lisen"), "{error}");
    }

    #[test]
    fn the_addresses_for_opentelemetry_can_be_named_or_switched_off() {
        let home = tempfile::tempdir().unwrap();
        let resolve = |named: &[&str]| {
            let otlp_listen = named.iter().map(|&address| address.to_owned()).collect();
            Settings::resolve(&GlobalArguments { otlp_listen, ..GlobalArguments::default() }, &environment(home.path()))
                .unwrap()
                .otlp_listen
        };
        assert_eq!(resolve(&[]), Setting { value: None, origin: Origin::Default });
        assert_eq!(resolve(&["off"]), Setting { value: Some(Vec::new()), origin: Origin::Flag });
        assert_eq!(resolve(&[":1", ":2"]).value, Some(vec![":1".to_owned(), ":2".to_owned()]));
    }

    #[test]
    fn a_quiet_time_is_read_with_its_unit_and_refused_otherwise() {
        let home = tempfile::tempdir().unwrap();
        let resolve = |text: &str| {
            let arguments = GlobalArguments { quiet_time: Some(text.to_owned()), ..GlobalArguments::default() };
            Settings::resolve(&arguments, &environment(home.path())).map(|settings| settings.quiet_time.value)
        };
        for (text, micros) in [("5s", 5_000_000), ("250ms", 250_000), ("1.5 s", 1_500_000), ("1m", 60_000_000), ("0s", 0)] {
            assert_eq!(resolve(text).unwrap(), Elapsed::from_micros(micros), "{text}");
        }
        for text in ["", "5", "s", "-1s", "2h", "61m", "5 parsecs", "1e3s", "NaNs"] {
            assert!(resolve(text).unwrap_err().to_string().contains("500ms"), "{text}");
        }
    }

    #[test]
    fn only_development_goes_without_a_key() {
        let home = tempfile::tempdir().unwrap();
        let required = |name: Option<&str>| {
            let environment = Environment { environment: name.map(str::to_owned), ..environment(home.path()) };
            Settings::resolve(&GlobalArguments::default(), &environment).unwrap().key_required.value
        };
        assert!(!required(None));
        assert!(!required(Some("development")));
        assert!(required(Some("production")));
    }

    #[test]
    fn the_key_is_never_listed() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment { api_key: Some("very-secret".to_owned()), ..environment(home.path()) };
        let rows = Settings::resolve(&GlobalArguments::default(), &environment).unwrap().rows();
        assert!(rows.iter().all(|(_, value, _)| !value.contains("very-secret")));
    }
}
