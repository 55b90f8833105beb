//! What can be done with a row: the words on its buttons and in its menu.

use eframe::egui::{Button, Role, Ui, WidgetInfo};

use super::model::Move;
use super::row::{Row, Stage};
use super::selection::Choice;
use crate::transfer::{End, NextStep, Phase};

/// What the person asked of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowAction {
    /// Stop it. What has arrived stays.
    Cancel,
    /// Let it rest until it is resumed. What has arrived stays.
    Pause,
    /// Go on with it.
    Resume,
    /// End the pause before the next attempt.
    TryNow,
    /// Let it change places in the queue; and all that are chosen, if it is.
    Move(Move),
    /// Begin to drag it.
    Grab,
    /// Open the file with the program that belongs to it.
    Open,
    /// Show the file, or what was kept of it, in the system's file manager.
    ShowInFolder,
    /// Do what the failure proposes.
    Follow(NextStep),
    /// Believe the certificate, for all that comes from this server.
    Trust,
    /// Believe the certificate for this transfer.
    TrustOnce,
    /// Do not believe the certificate.
    Distrust,
    /// Sign in with what was typed into its card.
    SignIn,
    /// Put the card away.
    PutOff,
    /// Choose the row.
    Choose(Choice),
    /// Choose the row that stands so many places below, or above if that is negative.
    Step {
        /// So many.
        places: isize,
        /// Those in between, and those that were chosen that way before, stay chosen.
        extends: bool,
    },
    /// Show every fact about it.
    Details,
    /// Show its lines of the log, and no others.
    Log,
    /// Show the files in it, or hide them again.
    Unfold,
    /// Take the row off the list. The file stays.
    Remove,
}

/// The words on a row's buttons and what they ask for, the most useful first.
pub(super) fn buttons(row: &Row) -> Vec<(&'static str, RowAction, bool)> {
    let follow = |step: NextStep| (step.words(), RowAction::Follow(step), true);
    let cancel = ("Cancel", RowAction::Cancel, true);
    match &row.stage {
        Stage::Running { phase: Phase::Waiting { .. }, is_stopping: false, .. }
        | Stage::NoRoom { .. } => {
            vec![("Try now", RowAction::TryNow, true), cancel]
        }
        Stage::Waiting { is_stopping } | Stage::Running { is_stopping, .. } => vec![
            ("Pause", RowAction::Pause, !is_stopping),
            ("Cancel", RowAction::Cancel, !is_stopping),
        ],
        Stage::Paused => vec![("Resume", RowAction::Resume, true), cancel],
        Stage::Over { certificate: Some(_), .. } => Vec::new(), // The card has its own.
        Stage::Over { ending, .. } => match (ending.end, ending.next_step) {
            (End::Verified | End::Complete | End::Skipped, _) => vec![
                ("Open", RowAction::Open, true),
                ("Show in folder", RowAction::ShowInFolder, true),
            ],
            (End::Stopped, _) if ending.kept.is_some() => {
                vec![("Continue", RowAction::Follow(NextStep::TryAgain), true)]
            }
            (
                _,
                Some(
                    step @ (NextStep::SaveElsewhere | NextStep::ShowKept | NextStep::GoUnprotected),
                ),
            ) => {
                vec![follow(NextStep::TryAgain), follow(step)]
            }
            (_, Some(step @ (NextStep::TryActive | NextStep::TryPassive))) => {
                vec![follow(step), follow(NextStep::TryAgain)]
            }
            // What its certificate was is not known any more: it is asked for again.
            (_, None | Some(NextStep::Trust)) => vec![follow(NextStep::TryAgain)],
            // Most of it may have come.
            (_, Some(step)) if row.has_files() => {
                vec![follow(step), ("Open", RowAction::Open, true)]
            }
            (_, Some(step)) => vec![follow(step)],
        },
    }
}

/// All that can be done with a row, in words.
pub(super) fn menu(ui: &mut Ui, row: &Row) -> Option<RowAction> {
    let mut action = None;
    let mut offer = |ui: &mut Ui, words: &str, keys: &str, asked| {
        let button = ui.add(Button::new(words).shortcut_text(keys));
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
        if button.clicked() {
            action = Some(asked);
        }
    };
    if matches!(row.stage, Stage::Waiting { .. }) {
        offer(ui, "Move to the top", "", RowAction::Move(Move::To(0)));
        offer(ui, "Move up", "Alt+Up", RowAction::Move(Move::Up));
        offer(ui, "Move down", "Alt+Down", RowAction::Move(Move::Down));
        ui.separator();
    }
    for (words, asked, is_enabled) in buttons(row) {
        if is_enabled {
            offer(ui, words, "", asked);
        }
    }
    if row.is_over() {
        offer(ui, "Remove from the list", "Delete", RowAction::Remove);
    }
    offer(ui, "Details", "Ctrl+I", RowAction::Details);
    offer(ui, "Its lines in the log", "", RowAction::Log);
    ui.separator();
    if ui.button("Copy address").clicked() {
        ui.ctx().copy_text(row.request.address.to_string());
    }
    if let Some(hash) = row.sha256()
        && ui.button("Copy SHA-256").clicked()
    {
        ui.ctx().copy_text(hash.to_owned());
    }
    action
}
