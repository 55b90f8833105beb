//! `ls -l`, its dates, and those who imitate it.

use super::super::Form;
use super::{expect, read_as, told};

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
            ("-rw-r--r-- 1 2003 10 12 Oct 08 2002 owner", "f 12 2002-10-08 owner"),
            ("-rw-r--r-- 1 2003 10 12 Oct 08 2002 Nov 9 10:11", "f 12 2002-10-08 Nov 9 10:11"),
            ("-rw-r--r-- 1 1 1 2048 Oct 08 2002 size", "f 2048 2002-10-08 size"),
            ("-rw-r--r-- 1 2003 10 512 2005 3 13 numbers", "f 512 2005-03-13 numbers"),
            ("-rw-r--r-- 1 a b 512 2005 3 13 Oct 8 2002 x", "f 512 2005-03-13 Oct 8 2002 x"),
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
            ("-rw-r--r-- 1 me us 12 Jan 30 2011 11:42", "f 12 2011-01-30 11:42"),
            ("-rw-r--r-- 1 me us 12 Jan 30 2011 2010", "f 12 2011-01-30 2010"),
            ("4.0K -rw-r--r-- 1 me us 12 Jan 30 2011 ls -sh", "f 12 2011-01-30 ls -sh"),
            ("-rw-r--r-- 1 me us 12 Thu Jan 30 2011 weekday", "f 12 2011-01-30 weekday"),
            ("crw--w---- 1 uucp us 0x1c000002 Jan 30 2011 cua", "o - 2011-01-30 cua"),
            ("-rwSr-Sr-T 1 me us 12 Jan 30 2011 bits", "f 12 2011-01-30 bits"),
            ("-rw-r--r-- 1 me us -1 Jan 30 2011 negative", "f - 2011-01-30 negative"),
            ("-rw-r--r-- 1 me us 18446744073709551616 Jan 30 2011 huge", "f - 2011-01-30 huge"),
            (
                "----------   1 owner    group   1803128 Jul 10 10:18 NT",
                "f 1803128 2023-07-10T10:18 NT",
            ),
            ("-rw-r--r--\t1\tme\tus\t12\tJan\t30\t2011\ttabs", "f 12 2011-01-30 tabs"),
            ("total 1234", ""),
            ("insgesamt 12", ""),
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
        ("2004.07.15  ", "2004-07-15"),
        ("2003-03-29T12:30:15+02:00", "2003-03-29T10:30:15Z"),
        ("2003-03-29T12:30:15", "2003-03-29T12:30:15"),
        ("Sat Mar 29 12:30:15 2003", "2003-03-29T12:30:15"),
        ("30. Jan., 12:40", "2024-01-30T12:40"),
        ("2003 3月 20", "2003-03-20"),
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
        (b"-rw-r--r-- 1 a b 7 2003   3\xed\xef 20 f", "f 7 2003-03-20 f"),
        (b"-rw-r--r-- 1 a b 7 3\xed\xef 2 15:13 f", "f 7 2024-03-02T15:13 f"),
        (b"-rw-r--r-- 1 a b 7 3\x8c\x8e 2\x93\xfa 15:13 f", "f 7 2024-03-02T15:13 f"),
        (b"-rw-r--r-- 1 a b 7 3\xbf\xf9 2\xc0\xcf 2001\xb3\xe2 f", "f 7 2001-03-02 f"),
    ] {
        assert_eq!(read_as(Form::List, bytes).iter().map(told).collect::<Vec<_>>(), [expected]);
    }
}
