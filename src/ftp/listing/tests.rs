//! Lines from the field, and what they say. A new oddity is one more row.

use std::time::{Duration, SystemTime};

use super::{Entry, Form, Kind, Modified, Parser, Precision, Zone};

/// 2024-03-10 12:00:00 UTC.
const NOW: u64 = 1_710_072_000;

pub(super) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

pub(super) fn read_as(form: Form, listing: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut parser = Parser::new(form, now());
    parser.feed(listing, &mut |entry| entries.push(entry));
    parser.end(&mut |entry| entries.push(entry));
    entries
}

/// One line for an entry: `kind size time name -> target`. The time as precise as it is.
fn told(entry: &Entry) -> String {
    let kind = match entry.kind {
        Kind::File => 'f',
        Kind::Dir => 'd',
        Kind::Link => 'l',
        Kind::Other => 'o',
    };
    let size = entry.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    let time = entry.modified.map_or_else(|| "-".to_owned(), time);
    let name = String::from_utf8_lossy(&entry.name);
    let target = entry.target.as_deref().map(String::from_utf8_lossy);
    let target = target.map_or_else(String::new, |target| format!(" -> {target}"));
    format!("{kind} {size} {time} {name}{target}")
}

fn time(modified: Modified) -> String {
    let form = match modified.precision {
        Precision::Day => "%Y-%m-%d",
        Precision::Minute => "%Y-%m-%dT%H:%M",
        Precision::Second => "%Y-%m-%dT%H:%M:%S",
    };
    let time = jiff::Timestamp::try_from(modified.time).unwrap();
    let zone = if modified.is_utc { "Z" } else { "" };
    format!("{}{zone}", time.to_zoned(jiff::tz::TimeZone::UTC).strftime(form))
}

fn expect(form: Form, rows: &[(&str, &str)]) {
    for (line, expected) in rows {
        let entries: Vec<String> = read_as(form, line.as_bytes()).iter().map(told).collect();
        assert_eq!(entries.join("\n"), *expected, "in {line:?}");
    }
}

#[test]
fn unix_in_its_variants() {
    expect(
        Form::List,
        &[
            ("-rw-r--r--   1 root  wheel   531 Jan 29 03:26 a b", "f 531 2024-01-29T03:26 a b"),
            ("-rw-r--r--   1 root  wheel   531 Jan 29  1999  lead", "f 531 1999-01-29  lead"),
            (
                "-rw-r--r--   1 root  wheel   531 Jan 29 03:26 trail  ",
                "f 531 2024-01-29T03:26 trail  ",
            ),
            ("drwxr-xr-x+ 11 1001 20 374 Dec 11 21:24 numeric", "d - 2023-12-11T21:24 numeric"),
            ("-rw-r--r--@  1 me 12 Feb 29 2020 no group", "f 12 2020-02-29 no group"),
            ("-rw-r--r--.  1 me Domain Users 12 Feb 29 2020 x", "f 12 2020-02-29 x"),
            (
                "drwxr-xr-x               folder        0 Aug 15 05:49 mac",
                "d - 2023-08-15T05:49 mac",
            ),
            (
                "-------r--         326  1391972  1392298 Nov 22  1995 mac file",
                "f 1392298 1995-11-22 mac file",
            ),
            ("-rw-r--r-- 1 me longgroup1125000 Jul 14 2003 glued", "f 1125000 2003-07-14 glued"),
            (
                "lrwxrwxrwx 1 me us 7 Jan 25 00:17 bin -> usr/bin",
                "l - 2024-01-25T00:17 bin -> usr/bin",
            ),
            (
                "lrwxrwxrwx 1 me us 6 Jan 25 2001 a -> b -> c -> d",
                "l - 2001-01-25 a -> b -> c -> d",
            ),
            ("lrwxrwxrwx 1 me us 0 Jan 25 2001 broken", "l - 2001-01-25 broken"),
            ("brw-r----- 1 root disk 8, 1 Jan 30 11:42 sda1", "o - 2024-01-30T11:42 sda1"),
            ("srwxrwxrwx 1 root disk 0 Jan 30 11:42 sock", "o - 2024-01-30T11:42 sock"),
            ("drwxr-xr-x 2 root wheel 512 Jan 30 11:42 ls-F/", "d - 2024-01-30T11:42 ls-F"),
            ("  1234   8 -rw-r--r-- 1 me us 12 Jan 30 11:42 inode", "f 12 2024-01-30T11:42 inode"),
            ("-rw-r--r-- 1 me us 1.5M Jan 30 11:42 human", "f 1572864 2024-01-30T11:42 human"),
            ("drwxr-xr-x 3 me us 512 dateless", "d - - dateless"),
            ("-????????? ? ? ?    ?            ? unreadable", "f - - unreadable"),
            (
                "d [R----F--] boss            512       Jan 16 18:53    NW dir",
                "d - 2024-01-16T18:53 NW dir",
            ),
            (
                "-[RWCEAFMS] 1 boss      214059 Oct 20 15:27  NW file",
                "f 214059 2023-10-20T15:27 NW file",
            ),
            ("total 1234", ""),
            ("/pub/linux:", ""),
            ("drwxr-xr-x 2 me us 512 Jan 30 11:42 .", ""),
            ("zrwxr-xr-x   2 root     root         4096 Mar  2 15:13 zxbox", ""),
            ("ls: cannot open directory '.': Permission denied", ""),
        ],
    );
}

#[test]
fn unix_dates_in_every_order() {
    let line = |date: &str| format!("-rw-r--r-- 1 me us 7 {date} f");
    for (date, expected) in [
        ("Mar 11 12:00", "2024-03-11T12:00"),
        ("Mar 12 12:00", "2023-03-12T12:00"),
        ("Feb 29 12:00", "2024-02-29T12:00"),
        ("Nov 31 2018", "-"),
        ("Apr  4 24:00", "2023-04-05T00:00"),
        ("8. Okt 2002", "2002-10-08"),
        ("29 janv. 09:47", "2024-01-29T09:47"),
        ("Oct 08, 2002 09:47", "2002-10-08T09:47"),
        ("Oct  8 09:47:12 2002", "2002-10-08T09:47:12"),
        ("Jan 29 9.47", "2024-01-29T09:47"),
        ("Jan 29 19101", "2001-01-29"),
        ("2003-03-29", "2003-03-29"),
        ("2003-03-29 12:30", "2003-03-29T12:30"),
        ("2003-03-29 12:30:15.000000000 +0200", "2003-03-29T10:30:15Z"),
        ("29.03.2003 12:30", "2003-03-29T12:30"),
        ("2004.07.15", "2004-07-15"),
        ("2005 3 13", "2005-03-13"),
        ("09-26 2000", "2000-09-26"),
        ("26-09 13:45", "2023-09-26T13:45"),
        ("3 29 03:26", "2023-03-29T03:26"),
        ("6月 3日 2003年", "2003-06-03"),
        ("2005년  1월  6일", "2005-01-06"),
        ("2003年6月3日 12:30", "2003-06-03T12:30"),
        ("12 月  5 20:10", "2023-12-05T20:10"),
        ("3月 2 15:13", "2024-03-02T15:13"),
        ("Qwer  4 00:03", "-"),
        ("4 ಜನವರಿ 2019", "-"),
    ] {
        let entries = read_as(Form::List, line(date).as_bytes());
        let told: Vec<String> = entries.iter().map(told).collect();
        assert_eq!(told, [format!("f 7 {expected} f")], "in {date:?}");
    }
    for (bytes, expected) in [
        (&b"-rw-r--r-- 1 a b 7 M\xe4r 2 15:13 f"[..], "f 7 2024-03-02T15:13 f"),
        (b"-rw-r--r-- 1 a b 7 2 \xec\xe0\xff 15:13 f", "f 7 2023-05-02T15:13 f"),
        (b"-rw-r--r-- 1 a b 7 3\x8c\x8e 2\x93\xfa 15:13 f", "f 7 2024-03-02T15:13 f"),
        (b"-rw-r--r-- 1 a b 7 3\xbf\xf9 2\xc0\xcf 2001\xb3\xe2 f", "f 7 2001-03-02 f"),
    ] {
        assert_eq!(read_as(Form::List, bytes).iter().map(told).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn mlsd_with_its_liberties() {
    expect(
        Form::Mlsd,
        &[
            ("type=file;size=12;modify=20240102030405; a b", "f 12 2024-01-02T03:04:05Z a b"),
            ("TYPE=File;SiZe=12;MODIFY=20240102030405.123; x", "f 12 2024-01-02T03:04:05Z x"),
            ("type=file;size=1;  two spaces; and more ", "f 1 -  two spaces; and more "),
            ("type=file no last semicolon", "f - - no last semicolon"),
            ("type=file;\ttab", "f - - tab"),
            (" no facts", "f - - no facts"),
            ("type=dir;sizd=4096; d", "d - - d"),
            ("type=cdir;perm=el; /pub", ""),
            ("type=pdir;perm=el; /", ""),
            ("type=dir; ..", ""),
            ("type=OS.unix=slink:/a b/c;perm=r; l", "l - - l -> /a b/c"),
            ("type=OS.UNIX=symlink; l", "l - - l"),
            ("type=OS.unix=chr-13/29; dev", "o - - dev"),
            ("type=file;size=-5;modify=yesterday; odd", "f - - odd"),
            ("type=file;size=99999999999999999999; odd", "f - - odd"),
            ("nothing", ""),
        ],
    );
    let in_a_list = "type=file;size=12;modify=20240102030405; a";
    expect(Form::List, &[(in_a_list, "f 12 2024-01-02T03:04:05Z a"), ("a=b c", "")]);
}

#[test]
fn the_family_of_dos() {
    expect(
        Form::List,
        &[
            ("04-27-00  12:09PM       <DIR>          win", "d - 2000-04-27T12:09 win"),
            ("04-27-00  12:09AM       <DIR>            win", "d - 2000-04-27T00:09   win"),
            ("04-06-2015  03:47PM                  589 a b", "f 589 2015-04-06T15:47 a b"),
            ("2002-09-02  18:48                9,730 x", "f 9730 2002-09-02T18:48 x"),
            ("13-09-10  20:08       <DIR>          day first", "d - 2010-09-13T20:08 day first"),
            ("05-22-97  12:08     5000000000 10 years", "f 5000000000 1997-05-22T12:08 10 years"),
            ("04-08-14  03:09 PM       1234 a.txt", "f 1234 2014-04-08T15:09 a.txt"),
            ("09-13-10 20:08 <SYMLINKD> l [\\\\srv\\d]", "l - 2010-09-13T20:08 l -> \\\\srv\\d"),
            ("     0           DIR   12-30-97   12:32  os2", "d - 1997-12-30T12:32 os2"),
            ("1031106      A          08-08-11   01:47  z.zip", "f 1031106 2011-08-08T01:47 z.zip"),
            ("  2048    Feb-28-1998  05:23:30   works   <DIR>", "d - 1998-02-28T05:23:30 works"),
            ("206876  Apr 04, 2000 21:06 VShell", "f 206876 2000-04-04T21:06 VShell"),
            ("0  Dec 12, 2002 02:13 VShell/", "d - 2002-12-12T02:13 VShell"),
            ("0100644  500  101  12345  123456789  n", "f 12345 1973-11-29T21:33:09Z n"),
            ("040755  500  101  512  123456789  n", "d - 1973-11-29T21:33:09Z n"),
            ("04-27-00  12:09PM  nothing", ""),
            ("42", ""),
        ],
    );
}

#[test]
fn vms_with_its_versions_and_broken_lines() {
    expect(
        Form::List,
        &[
            (
                "\r\nDirectory DISK:[PUB]\r\n\r\nA.TXT;3   2/9  7-JUL-1997 16:37:45  [G,O]  (RWED,,RE,)\r\n\
                 A.TXT;2   1/9  6-JUL-1997 16:37  [G,O]  (RWED,,RE,)\r\n\
                 A_VERY_LONG_NAME_INDEED.COM;12\r\n          14/15     24-JUL-2002 14:35:40  [G]  (RWE)\r\n\
                 SUB.DIR;1    1  13-FEB-2002 23:32:40.47\r\nBIG.ISO;2  ******  6-MAY-2008 09:29 [A] (R)\r\n\
                 SECRET.DAT;1  %RMS-E-PRV, insufficient privilege\r\n\r\nTotal of 6 files, 17 blocks.\r\n",
                "f 1024 1997-07-07T16:37:45 A.TXT\nf 512 1997-07-06T16:37 A.TXT;2\n\
                 f 7168 2002-07-24T14:35:40 A_VERY_LONG_NAME_INDEED.COM\nd - 2002-02-13T23:32:40 SUB\n\
                 f - 2008-05-06T09:29 BIG.ISO\nf - - SECRET.DAT",
            ),
            ("X.Y;1 [G,O] 7-JAN-2000 2/8", "f 1024 2000-01-07 X.Y"),
            ("A^.B.TXT;1  1  7-JAN-2000 10:00", "f 512 2000-01-07T10:00 A.B.TXT"),
            ("README.TXT  2  13-FEB-2002 23:32:40", "f 1024 2002-02-13T23:32:40 README.TXT"),
            ("a;b c", ""),
            ("just words, and no facts", ""),
        ],
    );
}

#[test]
fn mainframes() {
    expect(
        Form::Mvs,
        &[
            ("Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname", ""),
            (
                "SAVE01 3390   2004/06/23  1    1  FB     128  6144  PO    MY.PDS",
                "d - 2004-06-23 MY.PDS",
            ),
            (
                "PEX26F 3390   2017/07/03  115807  FB   29600 29600  PS  MY.SEQ",
                "f - 2017-07-03 MY.SEQ",
            ),
            ("SAVE01 3390   **NONE**  1    1  FB     128  6144  PS    NEVER", "f - - NEVER"),
            ("Migrated                                                OLD.ONE", "f - - OLD.ONE"),
            ("Pseudo Directory                                        A.B", "d - - A.B"),
            ("ARCIVE Not Direct Access Device          A.B", "f - - A.B"),
            ("V43525 Tape                              A.B", "f - - A.B"),
            ("TSO004 3390 VSAM FOO.BAR", "f - - FOO.BAR"),
            (" Name     VV.MM   Created       Changed      Size  Init   Mod   Id", ""),
            ("MEMB 01.03 2002/09/12 2002/10/11 09:37 11 11 0 ME", "f - 2002-10-11T09:37 MEMB"),
            ("PROG 00B308 000411  00 FO                31    ANY", "f - - PROG"),
            ("BARE", "f - - BARE"),
            ("IBMUSER1 JOB01906 IBMUSER  OUTPUT A        RC=0000 3 spool files", "f - - JOB01906"),
            ("drwxrwxr-x   4 OMVSKERN SYS1  8192 Oct 19  2015 unix", "d - 2015-10-19 unix"),
        ],
    );
    expect(
        Form::List,
        &[
            ("QPGMR  36864 18.09.06 14:21:26 *FILE  A.FILE", "f 36864 2006-09-18T14:21:26 A.FILE"),
            ("QSYS  77824 02/23/00 15:09:55 *DIR  sub/", "d - 2000-02-23T15:09:55 sub"),
            ("ME  9069 05/20/15 15:36:52 *STMF /A/B/C D.PDF", "f 9069 2015-05-20T15:36:52 C D.PDF"),
            ("ME                     *MEM  A.FILE/A.MBR", "f - - A.FILE/A.MBR"),
            (
                "PROFILE EXEC V 65 107 2 2005-10-04 15:28:42 060191",
                "f 6955 2005-10-04T15:28:42 PROFILE.EXEC",
            ),
            ("SUB DIR - - - - 2005-10-04 15:28:42 -", "d - 2005-10-04T15:28:42 SUB"),
            (
                "FILE3 101 16354 14-Mar-14 15:09:12 244, 10 \"oooo\"",
                "f 16354 2014-03-14T15:09:12 FILE3",
            ),
            ("BARE", ""),
        ],
    );
}

#[test]
fn the_rare_ones() {
    expect(
        Form::List,
        &[
            ("+i8388621.29609,m824255902,/,\tdev", "d - 1996-02-13T23:58:22Z dev"),
            ("+i8388621.44468,m839956783,r,s10376,\tRFC 1", "f 10376 1996-08-13T17:19:43Z RFC 1"),
            ("0.0       92/11/10 1129  d-ewrewr    148   152 os 9", "d - 1992-11-10T11:29 os 9"),
            ("X.Y  1234  12/25/98  Fri.  14:55:05", "f 1234 1998-12-25T14:55:05 X.Y"),
            (
                "-C--E-----FTP B BCC3I1       7670  1294495 Jan 13 07:42 x",
                "f 1294495 2024-01-13T07:42 x",
            ),
            ("pub/                  =  Public area", "d - - pub"),
            ("morgan               14  -> ../real/morgan", "l - - morgan -> ../real/morgan"),
            ("TIMIT.mostlikely.Z\r\n                  79215  \r\n", "f 79215 - TIMIT.mostlikely.Z"),
        ],
    );
}

#[test]
fn the_zone_of_a_server_is_a_quarter_of_an_hour_or_nothing() {
    let listed = |seconds, precision| Modified {
        time: now() + Duration::from_secs(seconds),
        precision,
        is_utc: false,
    };
    let ahead = |seconds| Zone::between(listed(seconds, Precision::Minute), now());
    assert_eq!(ahead(7200).map(Zone::seconds), Some(7200));
    assert_eq!(ahead(7200 - 59).map(Zone::seconds), Some(7200));
    assert_eq!(ahead(20_700).map(Zone::seconds), Some(20_700)); // Nepal
    assert_eq!(ahead(7200 - 300), None);
    assert_eq!(ahead(86_400), None);
    assert_eq!(Zone::between(listed(7200, Precision::Day), now()), None);
    let behind = Zone::between(listed(0, Precision::Second), now() + Duration::from_secs(18_000));
    assert_eq!(behind.map(Zone::seconds), Some(-18_000));
    let right = listed(0, Precision::Minute).corrected(behind.unwrap());
    assert_eq!((right.time, right.is_utc), (now() + Duration::from_secs(18_000), true));
    assert_eq!(right.corrected(behind.unwrap()), right);
}
