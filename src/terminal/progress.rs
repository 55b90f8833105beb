//! What stderr shows while files arrive: bars on a terminal, plain lines elsewhere, or nothing.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant, SystemTime};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::flags::Get;
use super::{say, sentences};
use crate::transfer::{Brake, Line, Phase, Progress, Voice};

/// The time between two plain lines about one file.
const PAUSE: Duration = Duration::from_secs(3);

/// Longer names are cut beside a bar.
const LONGEST_NAME: usize = 28;

const KNOWN_SIZE: &str = "{prefix}  {bar:24.cyan/dim}  {wide_msg}";
const UNKNOWN_SIZE: &str = "{prefix}  {wide_msg}";

/// Everything that is shown on stderr. It alone writes there while bars are drawn.
pub(super) struct Board {
    style: Style,
    is_verbose: bool,
    /// With one file, everyone knows which one is meant.
    names_files: bool,
    /// The bars of the files that are running.
    bars: HashMap<usize, ProgressBar>,
    /// When the last plain line about a file was written.
    told: HashMap<usize, Instant>,
    /// What was said last to hold a file back.
    brakes: HashMap<usize, Brake>,
}

enum Style {
    /// Errors only.
    Quiet,
    Lines,
    Bars(MultiProgress),
}

impl Board {
    pub(super) fn new(flags: &Get) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        // JSON on the same terminal would tear the bars apart.
        let is_shared = flags.json && std::io::stdout().is_terminal();
        let style = if flags.quiet {
            Style::Quiet
        } else if std::io::stderr().is_terminal() && !is_dumb && !is_shared {
            Style::Bars(MultiProgress::with_draw_target(ProgressDrawTarget::stderr()))
        } else {
            Style::Lines
        };
        Self {
            style,
            is_verbose: flags.verbose,
            names_files: flags.addresses.len() > 1,
            bars: HashMap::new(),
            told: HashMap::new(),
            brakes: HashMap::new(),
        }
    }

    /// A file's next phase began; with the first one its bar appears.
    pub(super) fn phase(&mut self, file: usize, name: &str, phase: &Phase) {
        if let Phase::Looking { found } = phase {
            self.tell_looking(file, name, *found, Instant::now());
        }
        let Style::Bars(bars) = &self.style else { return };
        let bar = self.bars.entry(file).or_insert_with(|| {
            let bar = bars.add(ProgressBar::no_length());
            bar.set_style(style(UNKNOWN_SIZE));
            bar.set_prefix(shortened(name));
            bar
        });
        match phase {
            Phase::Connecting => bar.set_message("connecting…"),
            Phase::SigningIn => bar.set_message("signing in…"),
            Phase::Looking { found } => bar.set_message(sentences::looking(*found)),
            Phase::Finishing => bar.set_message("finishing…"),
            Phase::Checking => bar.set_message("checking…"),
            Phase::Waiting { .. } => bar.set_message("waiting to try again…"),
            Phase::Receiving => {}
        }
    }

    /// Of a folder that takes long to look into, a plain line now and then.
    fn tell_looking(&mut self, file: usize, name: &str, found: u64, now: Instant) {
        let told = self.told.entry(file).or_insert(now);
        if matches!(self.style, Style::Lines) && now.duration_since(*told) >= PAUSE {
            *told = now;
            say(&format!("{name}: {}", sentences::looking(found)));
        }
    }

    /// More of a file is here.
    pub(super) fn progress(&mut self, file: usize, name: &str, progress: &Progress, now: Instant) {
        self.tell_brake(file, name, progress.brake);
        match &self.style {
            Style::Quiet => {}
            Style::Lines => {
                let told = self.told.entry(file).or_insert(now);
                if now.duration_since(*told) >= PAUSE {
                    *told = now;
                    let text = sentences::received(progress.received, progress.expected);
                    say(&format!("{}{text}", self.named(name)));
                }
            }
            Style::Bars(_) => {
                let Some(bar) = self.bars.get(&file) else { return };
                if bar.length() != progress.expected {
                    match progress.expected {
                        Some(expected) => {
                            bar.set_style(style(KNOWN_SIZE));
                            bar.set_length(expected);
                        }
                        None => {
                            bar.set_style(style(UNKNOWN_SIZE));
                            bar.unset_length();
                        }
                    }
                }
                let progress = match self.is_verbose {
                    true => *progress,
                    false => Progress { brake: None, ..*progress },
                };
                bar.set_message(sentences::beside_a_bar(&progress));
                bar.set_position(progress.received);
            }
        }
    }

    /// With `-v`: what holds a file back, each time that it is something else.
    fn tell_brake(&mut self, file: usize, name: &str, brake: Option<Brake>) {
        let Some(brake) = brake.filter(|_| self.is_verbose) else { return };
        if self.brakes.insert(file, brake) != Some(brake) {
            let text = format!("{}Limited by {brake}", self.named(name));
            let line = Line { at: SystemTime::now(), voice: Voice::Story, text };
            self.write(&sentences::log_line(&line));
        }
    }

    /// A line of the log: all of them with `-v`, warnings unless `-q`.
    pub(super) fn line(&self, name: &str, line: &Line) {
        if self.is_verbose {
            self.write(&sentences::log_line(line));
        } else if line.voice == Voice::Warning {
            self.note(&format!("{}{}", self.named(name), crate::words::shown(&line.text)));
        }
    }

    /// A file arrived, and this is said of it.
    pub(super) fn arrived(&mut self, file: usize, lines: &[String]) {
        self.take_down(file);
        self.note(&lines.join("\n"));
    }

    /// A file did not arrive, and this is why.
    pub(super) fn failed(&mut self, file: usize, why: &str) {
        self.take_down(file);
        self.write(&format!("ashore: {why}"));
    }

    /// So many files are on their way. With one, everyone knows which one is meant.
    pub(super) fn expect(&mut self, files: usize) {
        self.names_files |= files > 1;
    }

    /// Something could not even begin, and this is why.
    pub(super) fn failed_before(&self, why: &str) {
        self.write(&format!("ashore: {why}"));
    }

    /// Something that is good to know, but no error.
    pub(super) fn note(&self, text: &str) {
        if !matches!(self.style, Style::Quiet) {
            self.write(text);
        }
    }

    fn named(&self, name: &str) -> String {
        if self.names_files { format!("{name}: ") } else { String::new() }
    }

    fn write(&self, text: &str) {
        match &self.style {
            Style::Bars(bars) => bars.suspend(|| say(text)),
            Style::Quiet | Style::Lines => say(text),
        }
    }

    /// A file is over, and its bar goes.
    pub(super) fn take_down(&mut self, file: usize) {
        self.told.remove(&file);
        self.brakes.remove(&file);
        if let (Style::Bars(bars), Some(bar)) = (&self.style, self.bars.remove(&file)) {
            bar.finish_and_clear();
            bars.remove(&bar);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // Both templates are ours and a test reads them.
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─")
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_can_be_drawn() {
        for template in [KNOWN_SIZE, UNKNOWN_SIZE] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn a_long_name_leaves_room_for_the_bar() {
        assert_eq!(shortened("a.bin"), "a.bin");
        assert_eq!(shortened(&"ä".repeat(200)), format!("{}…", "ä".repeat(27)));
    }
}
