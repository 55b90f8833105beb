//! The names of the months, as servers around the world write them into their listings.
//!
//! A listing has no declared encoding, so a word that is not UTF-8 is tried in the encodings that
//! these names are written in; a name is taken only when all of its letters fit.

use super::line::small;

/// The longest name of a month, in bytes. Every other word is done with at once.
const LONGEST: usize = 24;

/// Which month a word names, 1 to 12; a dot or a comma after it does not matter.
pub(super) fn month(word: &[u8]) -> Option<i8> {
    if word.first().is_none_or(u8::is_ascii_digit) {
        return None;
    }
    let word = word.strip_suffix(b",").unwrap_or(word);
    let word = word.strip_suffix(b".").unwrap_or(word);
    let letters = word.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    let (word, digits) = word.split_at_checked(letters)?;
    if matches!(word, b"Th" | b"th" | b"Thg" | b"thg") {
        // Vietnamese months have no names.
        return small(digits, 2).filter(|month| (1..=12).contains(month));
    }
    let month = of_letters_alone(word)?;
    // `Sep09`: some servers count as well, from 0 or from 1, and some with one digit.
    let fits = |count: i8| match digits.len() {
        0 => true,
        1 => small(digits, 1) == Some(count % 10),
        _ => small(digits, 2) == Some(count),
    };
    (fits(month) || fits(month - 1)).then_some(month)
}

fn of_letters_alone(word: &[u8]) -> Option<i8> {
    let mut small = [0; LONGEST];
    let small = small.get_mut(..word.len())?;
    if word.is_ascii() {
        small.copy_from_slice(word);
        small.make_ascii_lowercase();
        return latin(small);
    }
    if let Ok(text) = std::str::from_utf8(word) {
        return of_letters(text.chars());
    }
    // Of a Cyrillic or Greek name no letter is ASCII, of a Latin one some are. That keeps the three
    // letters of May in KOI8 from being an Ían.
    let encodings: &[fn(u8) -> char] = if word.iter().any(u8::is_ascii_alphabetic) {
        &[latin_1, latin_2, dos_850]
    } else {
        &[windows_1251, koi8, dos_866, iso_cyrillic, iso_greek]
    };
    encodings.iter().find_map(|decode| of_letters(word.iter().map(|&byte| decode(byte))))
}

fn of_letters(letters: impl Iterator<Item = char>) -> Option<i8> {
    let letters = letters.filter(|&letter| letter != '.');
    let folded: String = letters.flat_map(char::to_lowercase).map(without_accent).collect();
    if folded.is_ascii() {
        return latin(folded.as_bytes());
    }
    let is_name = folded.chars().all(char::is_alphabetic);
    let beginning: String = folded.chars().take(3).collect();
    if is_name { by_three_letters(&beginning, &folded) } else { None }
}

/// Abbreviations and full names in small letters without accents. Where two languages disagree, the
/// larger one counts: `lip` is July in Poland and June in Croatia.
fn latin(word: &[u8]) -> Option<i8> {
    let month = match word {
        b"jan" | b"january" | b"januar" | b"janv" | b"janvier" | b"jaen" | b"ene" | b"enero"
        | b"gen" | b"gennaio" | b"janeiro" | b"januari" | b"sty" | b"styczen" | b"led"
        | b"ledna" | b"ian" | b"oca" | b"tammi" | b"tam" | b"sau" | b"jaan" | b"xan" | b"sij"
        | b"urt" | b"jaenner" | b"janner" | b"stycznia" | b"saus" => 1,
        b"feb" | b"fbro" | b"february" | b"februar" | b"febr" | b"fev" | b"fevr" | b"fevrier"
        | b"febrero" | b"febbraio" | b"fevereiro" | b"februari" | b"lut" | b"luty" | b"uno"
        | b"unora" | b"sub" | b"helmi" | b"hel" | b"vas" | b"veebr" | b"peb" | b"velj" | b"ots"
        | b"lutego" => 2,
        b"mar" | b"mzo" | b"mrs" | b"march" | b"mrz" | b"marz" | b"maerz" | b"mars" | b"marzo"
        | b"marco" | b"marc" | b"mrt" | b"maart" | b"mart" | b"marzec" | b"bre" | b"brezna"
        | b"maalis" | b"maa" | b"kov" | b"marts" | b"ozu" | b"marca" | b"mac" => 3,
        b"apr" | b"ab" | b"april" | b"avr" | b"avril" | b"abr" | b"abril" | b"aprile" | b"kwi"
        | b"kwiecien" | b"dub" | b"dubna" | b"nis" | b"huhti" | b"huh" | b"bal" | b"aprill"
        | b"api" | b"kwietnia" => 4,
        b"may" | b"mai" | b"mayo" | b"mag" | b"maggio" | b"maio" | b"mei" | b"maj" | b"kve"
        | b"kvetna" | b"touko" | b"tou" | b"geg" | b"maig" | b"svi" | b"maja" | b"maijs" => 5,
        b"jun" | b"june" | b"juni" | b"juin" | b"junio" | b"giu" | b"giugno" | b"junho"
        | b"cze" | b"czerwiec" | b"cen" | b"cvn" | b"cervna" | b"iun" | b"haz" | b"kesa"
        | b"kes" | b"bir" | b"juuni" | b"juny" | b"xun" | b"eka" | b"czerwca" | b"birz" => 6,
        b"jul" | b"july" | b"juli" | b"juil" | b"juillet" | b"jui" | b"julio" | b"lug"
        | b"luglio" | b"julho" | b"lip" | b"lipiec" | b"cec" | b"cvc" | b"cervence" | b"iul"
        | b"tem" | b"heina" | b"hei" | b"lie" | b"juuli" | b"juliol" | b"xul" | b"uzt"
        | b"lipca" | b"liep" => 7,
        b"aug" | b"agto" | b"august" | b"aou" | b"aout" | b"ago" | b"agosto" | b"augustus"
        | b"augusti" | b"sie" | b"sierpien" | b"srp" | b"srpna" | b"agu" | b"agt" | b"ags"
        | b"elo" | b"avg" | b"rgp" | b"rugp" | b"ag" | b"kol" | b"abu" | b"sierpnia" | b"ogos" => 8,
        b"sep" | b"sbre" | b"september" | b"sept" | b"septembre" | b"septiembre" | b"set"
        | b"settembre" | b"setembro" | b"wrz" | b"wrzesien" | b"zar" | b"zari" | b"szept"
        | b"eyl" | b"syys" | b"syy" | b"rgs" | b"rugs" | b"ruj" | b"ira" | b"wrzesnia" => 9,
        b"oct" | b"obre" | b"october" | b"okt" | b"oktober" | b"octobre" | b"octubre" | b"ott"
        | b"ottobre" | b"out" | b"outubro" | b"paz" | b"pazdziernik" | b"rij" | b"rijna"
        | b"eki" | b"loka" | b"lok" | b"spa" | b"spal" | b"urr" | b"pazdziernika" => 10,
        b"nov" | b"nbre" | b"november" | b"novembre" | b"noviembre" | b"novembro" | b"lis"
        | b"listopad" | b"listopadu" | b"noi" | b"kas" | b"marras" | b"lap" | b"stu" | b"aza"
        | b"listopada" | b"lapkr" => 11,
        b"dec" | b"dbre" | b"december" | b"dez" | b"dezember" | b"decembre" | b"dic"
        | b"diciembre" | b"dicembre" | b"dezembro" | b"des" | b"desember" | b"gru"
        | b"grudzien" | b"pro" | b"prosince" | b"ara" | b"joulu" | b"jou" | b"grd" | b"dets"
        | b"abe" | b"grudnia" | b"gruod" | b"dis" => 12,
        _ => return None,
    };
    Some(month)
}

/// Cyrillic, Greek, Hebrew, Arabic and Thai names: their first three letters tell them apart, but for June and July.
fn by_three_letters(beginning: &str, whole: &str) -> Option<i8> {
    let month = match beginning {
        "янв" | "січ" | "сту" | "яну" | "јан" | "ιαν" | "ינו" | "ينا" | "มค" => {
            1
        }
        "фев" | "феб" | "лют" | "φεβ" | "פבר" | "فبر" | "กพ" => 2,
        "мар" | "бер" | "сак" | "μαρ" | "מרץ" | "مار" | "มีค" => 3,
        "апр" | "кві" | "кра" | "απρ" | "אפר" | "أبر" | "เมย" => 4,
        "май" | "мая" | "тра" | "мај" | "μαι" | "מאי" | "ماي" | "พค" => 5,
        "июн" | "чер" | "чэр" | "юни" | "јун" | "יונ" | "يون" | "มิย" => {
            6
        }
        "июл" | "лип" | "ліп" | "юли" | "јул" | "יול" | "يول" | "กค" => 7,
        "ιου" if whole.starts_with("ιουν") => 6,
        "ιου" => 7,
        "авг" | "сер" | "жні" | "αυγ" | "אוג" | "أغس" | "สค" => 8,
        "сен" | "вер" | "сеп" | "σεπ" | "ספט" | "سبت" | "กย" => 9,
        "окт" | "жов" | "кас" | "οκτ" | "אוק" | "أكت" | "ตค" => 10,
        "ноя" | "лис" | "ліс" | "ное" | "нов" | "νοε" | "נוב" | "نوف" | "พย" => {
            11
        }
        "дек" | "гру" | "сне" | "дец" | "δεκ" | "דצמ" | "ديس" | "ธค" => 12,
        _ => return None,
    };
    Some(month)
}

fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'ş' | 'š' | 'ș' => 's',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        letter => letter,
    }
}

fn latin_1(byte: u8) -> char {
    char::from(byte)
}

/// ISO 8859-2 and Windows-1250 together: they agree wherever both have letters of these names.
fn latin_2(byte: u8) -> char {
    match byte {
        0xa9 | 0xb9 | 0x8a | 0x9a | 0xa6 | 0xb6 | 0x8c | 0x9c => 's',
        0xab | 0xac | 0xae | 0xbb | 0xbc | 0xbe | 0x8e | 0x8f | 0x9e | 0x9f | 0xaf | 0xbf => 'z',
        0xa3 | 0xb3 => 'l',
        0xc8 | 0xe8 | 0xc6 | 0xe6 => 'c',
        0xcc | 0xec | 0xca | 0xea => 'e',
        0xd8 | 0xf8 => 'r',
        0xd9 | 0xf9 | 0xdb | 0xfb => 'u',
        0xd1 | 0xf1 | 0xd2 | 0xf2 => 'n',
        0xd5 | 0xf5 => 'o',
        0xc3 | 0xe3 => 'a',
        byte => char::from(byte),
    }
}

fn dos_850(byte: u8) -> char {
    match byte {
        0x81 | 0x96 | 0x97 | 0x9a | 0xa3 | 0xe9 => 'u',
        0x82 | 0x88..=0x8a | 0x90 => 'e',
        0x83..=0x86 | 0x8e | 0xa0 | 0xb5 => 'a',
        0x80 | 0x87 => 'c',
        0x8b..=0x8d | 0xa1 => 'i',
        0x93..=0x95 | 0x99 | 0xa2 => 'o',
        byte => char::from(byte),
    }
}

fn cyrillic(index: u8) -> char {
    char::from_u32(0x410 + u32::from(index)).unwrap_or('\u{fffd}')
}

fn windows_1251(byte: u8) -> char {
    match byte {
        0xc0.. => cyrillic(byte - 0xc0),
        0xb2 | 0xb3 => 'і',
        byte => char::from(byte),
    }
}

fn iso_cyrillic(byte: u8) -> char {
    match byte {
        0xb0..=0xef => cyrillic(byte - 0xb0),
        0xa6 | 0xf6 => 'і',
        byte => char::from(byte),
    }
}

fn dos_866(byte: u8) -> char {
    match byte {
        0x80..=0xaf => cyrillic(byte - 0x80),
        0xe0..=0xef => cyrillic(byte - 0xe0 + 0x30),
        byte => char::from(byte),
    }
}

fn koi8(byte: u8) -> char {
    const LETTERS: [char; 32] = [
        'ю', 'а', 'б', 'ц', 'д', 'е', 'ф', 'г', 'х', 'и', 'й', 'к', 'л', 'м', 'н', 'о', 'п', 'я',
        'р', 'с', 'т', 'у', 'ж', 'в', 'ь', 'ы', 'з', 'ш', 'э', 'щ', 'ч', 'ъ',
    ];
    match byte {
        0xc0.. => LETTERS.get(usize::from(byte) % 32).copied().unwrap_or('\u{fffd}'),
        0xa6 | 0xb6 => 'і',
        byte => char::from(byte),
    }
}

fn iso_greek(byte: u8) -> char {
    match byte {
        0xb8..=0xfe => char::from_u32(0x388 + u32::from(byte) - 0xb8).unwrap_or('\u{fffd}'),
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_in_many_languages() {
        for (names, expected) in [
            ("Jan JANUARY janv. Jänner stycznia Th1 thg01 Jan., Jän sty led янв. Января ιαν", 1),
            ("Mär Mrz März mars mrt márc bře мар. Μάρ Mar03 mar02 mar3", 3),
            ("mai Mag maj mei máj май мая μαΐ kvě พ.ค. מאי ماي", 5),
            ("juin giu jún cze июн. ιουν", 6),
            ("juil. lug júl lip июл. ιουλ", 7),
            ("août ago sie srp Ağu авг", 8),
            ("szept set zář eyl wrz сен", 9),
            ("ott out paź říj okt oct", 10),
            ("déc. Dez dic gru pro дек δεκ des", 12),
        ] {
            for name in names.split(' ') {
                assert_eq!(month(name.as_bytes()), Some(expected), "{name}");
            }
        }
    }

    #[test]
    fn months_are_known_in_the_encodings_before_utf_8() {
        for (bytes, expected) in [
            (&b"M\xe4r"[..], 3),       // German, Latin-1
            (b"d\xe9c.", 12),          // French, Latin-1
            (b"ao\x96t", 8),           // French, DOS 850
            (b"pa\xbc", 10),           // Polish, Latin-2
            (b"pa\x9f", 10),           // Polish, Windows-1250
            (b"\xf8\xedj", 10),        // Czech, Latin-2
            (b"\xec\xe0\xff", 5),      // Russian, Windows-1251
            (b"\xcd\xc1\xd1", 5),      // Russian, KOI8-R
            (b"\xee\xcf\xd1", 11),     // Russian, KOI8-R, with a capital
            (b"\xa4\xa5\xaa", 12),     // Russian, DOS 866
            (b"\xe4\xe3\xcf\xdd", 99), // nothing at all
        ] {
            assert_eq!(month(bytes), Some(expected).filter(|&m| m < 99), "{bytes:x?}");
        }
    }

    #[test]
    fn other_words_are_no_months() {
        for word in [
            "",
            "root",
            "mar04",
            "www2",
            "1",
            "ju",
            "janet",
            "марина1",
            "日本",
            "decemberdecemberdecember",
        ] {
            assert_eq!(month(word.as_bytes()), None, "{word}");
        }
    }
}
