//! `ashore get`: orders the downloads, tells what happens to them, and sums up.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use crossbeam_channel::{Receiver, select};

use super::flags::Get;
use super::folders::{self, Missed, Sum};
use super::progress::Board;
use super::{Exit, interrupt, json, plan, receipt, say, sentences};
use crate::disk::Receipt;
use crate::transfer::{
    Commons, Engine, Event, Failure, FileEnd, News, Outcome, Request, TransferId,
};

/// Downloads what the command line asks for, and says how it went.
///
/// The first Ctrl-C stops all downloads and keeps what has arrived. `end_at_once` is called from
/// another thread at the second one; it should end the process.
#[must_use]
pub fn get(flags: &Get, end_at_once: fn()) -> ExitCode {
    // First of all: Ctrl-C while a password is typed must leave the terminal as it was.
    let (_, stopped) = interrupt::first_stop(end_at_once);
    let planned = plan::commons(&flags.connection, flags.quiet).and_then(|commons| {
        let requests = plan::requests(flags, &commons)?;
        let receipt = receipt::open(flags, &requests)?;
        Ok((requests, Commons { receipt, ..commons }))
    });
    let (requests, commons) = match planned {
        Ok(planned) => planned,
        Err(refusal) => {
            for sentence in refusal.sentences {
                say(&format!("ashore: {sentence}."));
            }
            return refusal.exit.into();
        }
    };
    commons.lanes.choose(flags.connections);
    commons.throttle.set(flags.limit_rate);
    let mut board = Board::new(flags);
    board.expect(requests.len());
    let receipt = commons.receipt.clone();
    match Engine::start(commons, || ()) {
        Ok((engine, events)) => {
            let run = Run::new(flags, engine, board, receipt, requests);
            run.until_all_ended(&events, &stopped)
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
    /// The worst end of a file so far.
    worst: Exit,
    sum: Sum,
    missed: Missed,
    receipt: Option<Receipt>,
    /// Of folders only some files are wanted.
    is_choosy: bool,
    /// The person said stop.
    is_stopped: bool,
    /// The number that was given last, in JSON: files of folders are numbered as they end.
    last_number: usize,
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
    /// It is a folder: the files in it are counted, not the folder.
    is_folder: bool,
}

impl File {
    fn of(number: usize, request: &Request) -> Self {
        let (url, name) = (request.address.to_string(), sentences::name(&request.address));
        Self { number, url, name, announced: None, is_folder: request.is_folder() }
    }
}

impl Run {
    fn new(
        flags: &Get,
        mut engine: Engine,
        board: Board,
        receipt: Option<Receipt>,
        requests: Vec<Request>,
    ) -> Self {
        let files: Vec<File> =
            (1..).zip(&requests).map(|(n, request)| File::of(n, request)).collect();
        let last_number = files.len();
        let ids = engine.download_all(requests);
        Self {
            engine,
            board,
            tells_json: flags.json,
            is_of_many: last_number > 1,
            files: ids.into_iter().zip(files).collect(),
            worst: Exit::Complete,
            sum: Sum::default(),
            missed: Missed::default(),
            receipt,
            is_choosy: !flags.include.is_empty(),
            is_stopped: false,
            last_number,
        }
    }

    fn until_all_ended(mut self, events: &Receiver<Event>, stop: &Receiver<()>) -> Exit {
        while !self.files.is_empty() {
            select! {
                recv(events) -> event => match event {
                    Ok(Event { id, news }) => self.hear(id, news),
                    Err(_engine_is_gone) => self.give_up(),
                },
                recv(stop) -> _ => {
                    self.is_stopped = true;
                    // The last one first, so that none begins because another one has ended.
                    for &id in self.files.keys().rev() {
                        self.engine.cancel(id);
                    }
                }
            }
        }
        let is_stopped = || self.is_stopped || !stop.is_empty();
        match self.receipt.as_ref().map(|receipt| receipt::end(receipt, &is_stopped)) {
            Some(Ok(Some(sentence))) => self.board.note(&sentence),
            Some(Err(sentence)) => {
                self.board.failed_before(&sentence);
                self.worst = self.worst.max(Exit::Disk);
            }
            Some(Ok(None)) | None => {}
        }
        if self.is_choosy && self.sum.is_empty() && self.worst == Exit::Complete {
            let text = "Nothing matches --include. A pattern with a / is for the path from the folder on, such as 'data/1'.";
            self.board.note(text);
        }
        self.missed.again().iter().for_each(|text| self.board.note(text));
        if let Some(sentence) = self.sum.sentence() {
            self.board.note(&sentence);
        }
        self.worst
    }

    fn hear(&mut self, id: TransferId, news: News) {
        let Some(file) = self.files.get_mut(&id) else { return };
        if self.tells_json {
            json::tell(file.number, &file.url, &news);
        }
        match news {
            News::Phase(phase) => self.board.phase(file.number, &file.name, &phase),
            News::Destination(_)
            | News::Facts { .. }
            | News::Joined(_)
            | News::Part(_)
            | News::Files(_) => {}
            News::Progress(progress) => {
                file.announced = progress.expected;
                self.board.progress(file.number, &file.name, &progress, Instant::now());
            }
            News::Line(line) => self.board.line(&file.name, &line),
            News::Preflight(preflight) => {
                self.sum.take_in(&preflight);
                self.board.expect(usize::MAX);
                self.board.note(&format!("{}: {}", file.name, preflight.sentence()));
            }
            News::File(end) => self.end_in_folder(&end),
            News::Ended(outcome) => self.end(id, &outcome),
            // Nobody pauses here, and a full disk is an end: no one may be there to make room.
            News::Queued | News::Paused | News::NoRoom(_) => {}
        }
    }

    fn end(&mut self, id: TransferId, outcome: &Outcome) {
        let Some(file) = self.files.remove(&id) else { return };
        self.worst = self.worst.max(Exit::of(outcome));
        if file.is_folder {
            self.board.take_down(file.number);
            // Of a folder that could not even be looked into, nobody has heard yet.
            if !matches!(outcome, Ok(_) | Err(Failure::Folder(_) | Failure::Stopped { .. })) {
                self.sum.count(&file.name, outcome);
            }
        } else {
            self.sum.count(&file.name, outcome);
            self.receipt.iter().for_each(|receipt| receipt::take(receipt, outcome));
        }
        match outcome {
            // Of its files everything is said, and of all files the sum.
            Ok(_) | Err(Failure::Folder(_)) if file.is_folder => {}
            Err(Failure::Stopped { .. }) if file.is_folder => {
                let why = "Stopped. What is complete stays, and the same command continues.";
                self.board.failed(file.number, &format!("{}: {why}", file.name));
            }
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

    /// A file of a folder has come to its end.
    fn end_in_folder(&mut self, end: &FileEnd) {
        self.last_number += 1;
        if self.tells_json {
            folders::tell_json(self.last_number, end);
        }
        self.worst = self.worst.max(Exit::of(&end.outcome));
        self.sum.count(&end.name, &end.outcome);
        if let Some(receipt) = &self.receipt {
            receipt::take(receipt, &end.outcome);
            receipt::in_the_way(receipt, end).into_iter().for_each(|it| self.board.note(&it));
        }
        if matches!(end.outcome, Err(Failure::Stopped { kept: None })) {
            return;
        }
        let said = folders::said(end);
        self.missed.hear(&said);
        match said {
            Ok(line) => self.board.note(&line),
            Err(line) => self.board.failed_before(&line),
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
