//! VMS, mainframes, and systems that few remember.

use super::super::Form;
use super::expect;

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
            ("a^_b^.c.txt;1 3 29-JAN-1996 03:33 [A] (R)", "f 1536 1996-01-29T03:33 a b.c.txt"),
            ("X.Y;1  1.5KB 29-JAN-1996 03:33:01 [A] (R)", "f 1536 1996-01-29T03:33:01 X.Y"),
            ("X.Y;1  No privilege for attempted operation", "f - - X.Y"),
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
            ("APPP17  2014/04/05  1  0 U  0  0  VS    A.VSAM", "f - 2014-04-05 A.VSAM"),
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
            (
                "FILE4 0 O 16384 18-Mar-05 15:09:12 244,10 \"n\"",
                "f 16384 2005-03-18T15:09:12 FILE4",
            ),
            ("File  Code  EOF  Last Modification  Owner  RWEP", ""),
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
