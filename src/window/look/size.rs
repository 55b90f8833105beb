//! Sizes, in points: the scale that everything in the window keeps to.

/// Distances in points: between what belongs together (4, 8) up to what does not (24, 32).
pub mod space {
    /// Between a word and its icon.
    pub const XS: f32 = 4.0;
    /// Between neighbours.
    pub const S: f32 = 8.0;
    /// Between the parts of a row.
    pub const M: f32 = 12.0;
    /// From an edge.
    pub const L: f32 = 16.0;
    /// Between groups.
    pub const XL: f32 = 24.0;
    /// Around what stands alone.
    pub const XXL: f32 = 32.0;
}

/// Height of a field or a button.
pub const CONTROL: f32 = 32.0;
/// Height of the primary button and of the field that matters most.
pub const PRIMARY: f32 = 36.0;
/// Height of a button inside a row.
pub const SMALL: f32 = 28.0;
/// Thickness of a progress bar.
pub const BAR: f32 = 4.0;
/// Height of a row with a second line and nothing else.
pub const ROW: f32 = 66.0;
/// Height of a row with a bar between its lines.
pub const ROW_WITH_BAR: f32 = ROW + BAR + space::S;
/// Height of a row in the table of a server's folder.
pub const ENTRY: f32 = 30.0;
/// From one line of a message to the next.
pub const LEADING: f32 = 18.0;
/// Height of a second line, and side of a button in it.
pub const LINE: f32 = 20.0;
/// Between the edge of a card and what is on it.
pub const CARD: f32 = space::M;
/// Side of an icon.
pub const ICON: f32 = 16.0;
/// Side of a row's icon.
pub const ROW_ICON: f32 = 20.0;
/// Height of the status bar, and of the log when it is folded.
pub const STRIP: f32 = 32.0;
/// Below this height of the window the log folds unless it is opened.
pub const LOW_WINDOW: f32 = 600.0;
/// From this width of the window on, the transfers stand beside the browser.
pub const WIDE_WINDOW: f32 = 1100.0;
/// Width of the transfers beside the browser.
pub const ASIDE: f32 = 400.0;
/// Below this width of the window second lines and button rows get shorter.
pub const NARROW_WINDOW: f32 = 640.0;
/// Below this width a row has one button, and the other one in its menu.
pub const NARROW_ROW: f32 = 420.0;
/// Width of a column of text that is meant to be read, about 72 letters.
pub const READING: f32 = 560.0;
/// Width of the invitation on an empty list: its longest sentence in one line.
pub const INVITATION: f32 = 480.0;
/// Width of a page of settings.
pub const PAGE: f32 = 720.0;
/// Widest field for a password.
pub const SECRET: f32 = 320.0;
/// Height of a row in which something is chosen.
pub const SETTING: f32 = 44.0;
/// Width of the words in front of the fields.
pub const CAPTION: f32 = 64.0;
/// Height of the strip about the rows that are chosen.
pub const BAR_OF_ROWS: f32 = 40.0;
/// Width of the keys before what they do.
pub const KEYS: f32 = 176.0;
/// Width of a graph in a row.
pub const GRAPH: f32 = 72.0;
/// Width of the facts beside the list.
pub const DETAILS: f32 = 300.0;
/// Height of the log when it is first opened.
pub const LOG: f32 = 168.0;

/// From this width on, lines of the log say what they are about.
pub const LOG_WITH_NAMES: f32 = 900.0;
