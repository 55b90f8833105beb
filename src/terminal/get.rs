//! `ashore get`: orders the downloads, tells what happens to them, and sums up.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use crossbeam_channel::{Receiver, select};

use super::flags::Get;
use super::folders::{self, Cargo};
use super::progress::Board;
use super::{Exit, interrupt, json, plan, say, sentences};
use crate::transfer::{Engine, Event, Failure, News, Outcome, Request, TransferId};

/// Downloads what the command line asks for, and says how it went.
///
/// The first Ctrl-C stops all downloads and keeps what has arrived. `end_at_once` is called from
/// another thread at the second one; it should end the process.
#[must_use]
pub fn get(flags: &Get, end_at_once: fn()) -> ExitCode {
    // First of all: Ctrl-C while a password is typed must leave the terminal as it was.
    let (stop, stopped) = interrupt::first_stop(end_at_once);
    let planned = plan::commons(&flags.connection, flags.quiet)
        .and_then(|commons| Ok((plan::requests(flags, &commons)?, commons)));
    let (requests, commons) = match planned {
        Ok(planned) => planned,
        Err(refusal) => {
            for sentence in refusal.sentences {
                say(&format!("ashore: {sentence}."));
            }
            return refusal.exit.into();
        }
    };
    let mut board = Board::new(flags);
    let cargo = folders::unfold(flags, requests, &commons, &board, &stop);
    board.expect(cargo.requests.len());
    match Engine::start(commons, || ()) {
        Ok((engine, events)) => {
            Run::new(flags, engine, board, cargo).until_all_ended(&events, &stopped)
        }
        Err(error) => {
            say(&format!("ashore: no thread could be started: {error}"));
            Exit::Server
        }
    }
    .into()
}

/// One run of the command.
struct Run {
    engine: Engine,
    board: Board,
    tells_json: bool,
    is_of_many: bool,
    /// What has not ended yet.
    files: BTreeMap<TransferId, File>,
    /// How the files ended.
    ends: Vec<Exit>,
}

/// One file of the command line.
struct File {
    /// Its place on the command line, from 1.
    number: usize,
    /// Its address, without the password.
    url: String,
    /// Its name on the server, fit to be shown.
    name: String,
    /// Its size as the server announced it.
    announced: Option<u64>,
}

impl File {
    fn of(number: usize, request: &Request) -> Self {
        let (url, name) = (request.address.to_string(), sentences::name(&request.address));
        Self { number, url, name, announced: None }
    }
}

impl Run {
    fn new(flags: &Get, mut engine: Engine, board: Board, cargo: Cargo) -> Self {
        let Cargo { requests, ends } = cargo;
        let files: Vec<File> =
            (1..).zip(&requests).map(|(n, request)| File::of(n, request)).collect();
        let is_of_many = files.len() > 1;
        let ids = engine.download_all(requests);
        let files = ids.into_iter().zip(files).collect();
        Self { engine, board, tells_json: flags.json, is_of_many, files, ends }
    }

    fn until_all_ended(mut self, events: &Receiver<Event>, stop: &Receiver<()>) -> Exit {
        while !self.files.is_empty() {
            select! {
                recv(events) -> event => match event {
                    Ok(Event { id, news }) => self.hear(id, news),
                    Err(_engine_is_gone) => self.give_up(),
                },
                recv(stop) -> _ => {
                    // The last one first, so that none begins because another one has ended.
                    for &id in self.files.keys().rev() {
                        self.engine.cancel(id);
                    }
                }
            }
        }
        let complete = self.ends.iter().filter(|&&end| end == Exit::Complete).count();
        if complete < self.ends.len() && self.ends.len() > 1 {
            self.board.note(&format!("{complete} of {} files are complete.", self.ends.len()));
        }
        self.ends.into_iter().max().unwrap_or(Exit::Complete)
    }

    fn hear(&mut self, id: TransferId, news: News) {
        let Some(file) = self.files.get_mut(&id) else { return };
        if self.tells_json {
            json::tell(file.number, &file.url, &news);
        }
        match news {
            News::Phase(phase) => self.board.phase(file.number, &file.name, &phase),
            News::Destination(_) => {}
            News::Progress(progress) => {
                file.announced = progress.expected;
                self.board.progress(file.number, &file.name, &progress, Instant::now());
            }
            News::Line(line) => self.board.line(&file.name, &line),
            News::Ended(outcome) => self.end(id, &outcome),
            // Nobody pauses here, and a full disk is an end: no one may be there to make room.
            News::Queued | News::Paused | News::NoRoom(_) => {}
        }
    }

    fn end(&mut self, id: TransferId, outcome: &Outcome) {
        let Some(file) = self.files.remove(&id) else { return };
        self.ends.push(Exit::of(outcome));
        match outcome {
            Ok(summary) => {
                self.board.arrived(file.number, &sentences::arrived(summary, file.announced));
            }
            // Of a hundred files that had not begun, the sum at the end says enough.
            Err(Failure::Stopped { kept: None }) if self.is_of_many => {}
            Err(failure) => {
                self.board.failed(file.number, &sentences::failed(&file.name, failure));
            }
        }
    }

    /// The engine's thread died, and no more news will come.
    fn give_up(&mut self) {
        while let Some((&id, _)) = self.files.first_key_value() {
            let what = "the engine stopped".to_owned();
            self.hear(id, News::Ended(Err(Failure::Bug { what })));
        }
    }
}
