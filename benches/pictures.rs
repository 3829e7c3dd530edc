//! Makes the pictures of the README from the program itself: `cargo bench --bench pictures`. It is run on the sample traces in a real terminal, keys
//! are pressed, and what the screen shows is written as SVG into `assets/pictures`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::{fmt::Write, fs, path::Path};

use vt100::Color;

#[path = "../tests/support/terminal.rs"]
#[allow(dead_code, unreachable_pub)]
mod terminal;
use terminal::Terminal;

/// A picture.
struct Picture {
    /// Its file.
    name: &'static str,
    /// The keys pressed one after the other, each with a text that is on the screen when it has worked.
    keys: &'static [(&'static str, &'static str)],
    /// A text that is on the screen no more at the end.
    gone: Option<&'static str>,
}

const PICTURES: &[Picture] = &[
    Picture { name: "workbench", keys: &[], gone: None },
    Picture { name: "grade", keys: &[("2", "[2 Reliability]"), ("z", "task completed")], gone: Some("newest first") },
    Picture { name: "failures", keys: &[("4", "[4 Failure patterns]"), ("z", "Takes")], gone: Some("newest first") },
    Picture { name: "trace", keys: &[("4", "[4 Failure patterns]"), ("t", "[7 Trace]"), ("z", "ended")], gone: Some("newest first") },
];

const SIZE: (u16, u16) = (160, 48);

/// Width and height of a cell, and where in it letters stand, in the picture's units.
const CELL: (f64, f64, f64) = (8.4, 18.0, 13.5);

fn main() {
    // `cargo test` runs benches too; pictures are made when asked for.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/pictures");
    fs::create_dir_all(&folder).unwrap();
    for Picture { name, keys, gone } in PICTURES {
        let home = tempfile::tempdir().unwrap();
        let arguments = ["--demo", "--theme", "dusk", "--listen", "127.0.0.1:0"];
        let mut terminal = Terminal::start(&arguments, home.path(), SIZE.0, SIZE.1);
        // All of the history is there before the first live run comes.
        terminal.wait_for("430 traces");
        for (key, shows) in *keys {
            terminal.press(key);
            terminal.wait_for(shows);
        }
        terminal.wait_until("the picture", |screen| gone.is_none_or(|gone| !screen.contains(gone)));
        let path = folder.join(format!("{name}.svg"));
        fs::write(&path, svg(terminal.emulated())).unwrap();
        println!("{}", path.display());
    }
}

fn svg(screen: &vt100::Screen) -> String {
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    let (width, height) = (f64::from(columns) * CELL.0, f64::from(rows) * CELL.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        colour(Color::Default, "#1b1e2b")
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            // Cells that look alike are one piece.
            let look = look(screen, row, column);
            let begun = column;
            let mut text = String::new();
            while column < columns && look_is(&look, screen, row, column) {
                let cell = screen.cell(row, column).unwrap();
                let wide = cell.is_wide();
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                column += if wide { 2 } else { 1 };
            }
            let (ink, ground, bold) = look;
            let (x, y, wide) = (f64::from(begun) * CELL.0, f64::from(row) * CELL.1, f64::from(column - begun) * CELL.0);
            if ground != Color::Default {
                writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                    CELL.1,
                    colour(ground, "#1b1e2b")
                )
                .unwrap();
            }
            if !text.trim().is_empty() {
                writeln!(
                    svg,
                    "<text x=\"{x:.1}\" y=\"{:.1}\" xml:space=\"preserve\" textLength=\"{wide:.1}\" fill=\"{}\"{}>{}</text>",
                    y + CELL.2,
                    colour(ink, "#ccd3e6"),
                    if bold { " font-weight=\"bold\"" } else { "" },
                    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
                )
                .unwrap();
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Ink, ground and weight of a cell.
fn look(screen: &vt100::Screen, row: u16, column: u16) -> (Color, Color, bool) {
    let cell = screen.cell(row, column).unwrap();
    let (ink, ground) = if cell.inverse() { (cell.bgcolor(), cell.fgcolor()) } else { (cell.fgcolor(), cell.bgcolor()) };
    (ink, ground, cell.bold())
}

fn look_is(wanted: &(Color, Color, bool), screen: &vt100::Screen, row: u16, column: u16) -> bool {
    look(screen, row, column) == *wanted
}

/// A colour as SVG writes it; the theme shown has true colours only.
fn colour(colour: Color, otherwise: &str) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Default | Color::Idx(_) => otherwise.to_owned(),
    }
}
