//! Whether the bundled themes can be read: contrast of every text on its ground, and distance between the colours that mean different
//! things, as seen by eyes of every kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ratatui::style::Color;

use super::{
    Ground, Role, Theme,
    library::{BUNDLED, assemble, bundled},
};

/// The themes with colours of their own: the others take those of the terminal, which nobody can measure.
fn coloured() -> impl Iterator<Item = Theme> {
    let themes = BUNDLED.iter().map(|(name, _)| assemble(name, &[], &|name| Ok(bundled(name))).unwrap());
    themes.filter(|theme| matches!(theme.style(Role::Text).bg, Some(Color::Rgb(..))))
}

/// Red, green and blue as light, 0 to 1 each (sRGB, IEC 61966-2-1).
fn light(color: Color) -> [f64; 3] {
    let Color::Rgb(red, green, blue) = color else { panic!("{color:?} is no true colour") };
    [red, green, blue].map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(factor, value)| factor * value).sum())
}

/// Contrast of two colours as WCAG 2 reckons it, 1 to 21.
fn contrast(one: Color, other: Color) -> f64 {
    let luminance = |color| times([[0.2126, 0.7152, 0.0722]; 3], light(color))[0] + 0.05;
    let (one, other) = (luminance(one), luminance(other));
    one.max(other) / one.min(other)
}

/// How eyes see: a name and what they make of light. The three colour-blind ones are those of Machado, Oliveira and Fernandes (2009) at full severity.
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    ("all three cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]]),
    ("deuteranopia", [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]]),
    ("tritanopia", [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]]),
];

/// Distance of two colours in Oklab (Ottosson 2020), as these eyes see them: black and white are 1 apart.
fn distance(one: Color, other: Color, eyes: [[f64; 3]; 3]) -> f64 {
    let lab = |color| {
        let seen = times(eyes, light(color)).map(|value: f64| value.clamp(0.0, 1.0));
        let cones = times(
            [
                [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
                [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
                [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
            ],
            seen,
        );
        times(
            [
                [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
                [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
                [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
            ],
            cones.map(f64::cbrt),
        )
    };
    lab(one).iter().zip(lab(other)).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

/// The colour a role is written in, and what it stands on when it says so itself.
fn ink(theme: &Theme, role: Role) -> Color {
    theme.style(role).fg.or(theme.style(Role::Text).fg).unwrap()
}

#[test]
fn every_text_can_be_read_on_every_ground_it_stands_on() {
    for theme in coloured() {
        let least = if theme.name == "contrast" { 7.0 } else { 4.5 };
        let grounds = [Role::Text, Role::Overlay, Role::Status].map(|role| theme.style(role).bg.unwrap());
        for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Border | Role::BarEmpty)) {
            for ground in theme.style(*role).bg.map_or_else(|| grounds.to_vec(), |own| vec![own]) {
                let contrast = contrast(ink(&theme, *role), ground);
                assert!(contrast >= least, "{}: {} on {ground}: {contrast:.2}", theme.name, role.name());
            }
        }
        // WCAG asks 3 of parts that must be seen; a frame without focus is an ornament, yet it must be there.
        assert!(contrast(ink(&theme, Role::BorderFocused), grounds[0]) >= 3.0, "{}", theme.name);
        assert!(contrast(ink(&theme, Role::Border), grounds[0]) >= 2.0, "{}", theme.name);
    }
}

#[test]
fn a_dark_theme_is_dark_and_a_light_one_light() {
    for theme in coloured() {
        let darker =
            contrast(theme.style(Role::Text).bg.unwrap(), Color::Rgb(0, 0, 0)) < contrast(ink(&theme, Role::Text), Color::Rgb(0, 0, 0));
        assert_eq!(theme.ground, if darker { Ground::Dark } else { Ground::Light }, "{}", theme.name);
    }
}

#[test]
fn what_means_different_things_looks_different() {
    let pairs = [
        (Role::Good, Role::Warn),
        (Role::Good, Role::Bad),
        (Role::Warn, Role::Bad),
        (Role::Good, Role::Text),
        (Role::Warn, Role::Text),
        (Role::Bad, Role::Text),
        (Role::Added, Role::Removed),
        (Role::Bar, Role::BarOther),
    ];
    for theme in coloured() {
        // The themes made for it are held to all eyes; the others to three cones, and words tell besides.
        let (eyes, least) = if theme.name.starts_with("safe-") { (&EYES[..], 0.12) } else { (&EYES[..1], 0.10) };
        for (who, eyes) in eyes {
            for (one, other) in pairs {
                let distance = distance(ink(&theme, one), ink(&theme, other), *eyes);
                assert!(distance >= least, "{}, {who}: {} and {}: {distance:.3}", theme.name, one.name(), other.name());
            }
        }
    }
}

#[test]
fn brought_to_fewer_colours_every_text_can_still_be_read() {
    use super::palette::{Colours, fitted, shown};
    for (colours, least) in [(Colours::Indexed, 4.0), (Colours::Sixteen, 3.0)] {
        for theme in coloured().map(|theme| fitted(theme, colours)) {
            let text = theme.style(Role::Text);
            for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Border | Role::BarEmpty)) {
                let style = theme.style(*role);
                let (ink, ground) = (shown(style.fg.or(text.fg).unwrap()), shown(style.bg.or(text.bg).unwrap()));
                let contrast = contrast(ink, ground);
                assert!(contrast >= least, "{} in {colours:?}: {}: {contrast:.2}", theme.name, role.name());
            }
        }
    }
}
