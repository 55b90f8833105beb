//! dev only
#![allow(missing_docs, clippy::all, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use ashore::ftp::{self, Reply};
use ashore::transfer::*;
use ashore::window::{Prefill, look, screen::Screen};
use eframe::egui;
use std::time::{Duration, SystemTime};
struct P(Screen);
impl eframe::App for P {
    fn ui(&mut self, ui: &mut egui::Ui, _f: &mut eframe::Frame) {
        for w in self.0.ui(ui) {
            eprintln!("{w:?}");
        }
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let scene = a[1].clone();
    let theme = a.get(2).cloned().unwrap_or_default();
    let zoom: f32 = a.get(3).and_then(|z| z.parse().ok()).unwrap_or(1.0);
    let size: Vec<f32> = a
        .get(4)
        .map(|s| s.split('x').map(|n| n.parse().unwrap()).collect())
        .unwrap_or(vec![1000.0, 700.0]);
    let o = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Ashore")
            .with_inner_size([size[0], size[1]]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    eframe::run_native(
        "x",
        o,
        Box::new(move |cc| {
            look::dress(&cc.egui_ctx);
            if theme == "dark" {
                cc.egui_ctx.set_theme(egui::Theme::Dark);
            }
            cc.egui_ctx.set_zoom_factor(zoom);
            Ok(Box::new(P(build(&scene))))
        }),
    )
    .unwrap();
}
fn now() -> SystemTime {
    SystemTime::now()
}
fn add(s: &mut Screen, n: u64, url: &str, to: &str, news: Vec<News>) {
    let id = TransferId(n);
    s.model.add(id, Request::new(url.parse().unwrap(), Destination::File(to.into())));
    for news in news {
        s.hear(Event { id, news }, now());
    }
}
fn l(v: Voice, t: &str) -> News {
    News::Line(Line { at: now(), voice: v, text: t.into() })
}
fn story() -> Vec<News> {
    use Voice::*;
    vec![
        l(
            Story,
            "Downloading ftp://ftp.ensembl.org/pub/release-114/fasta/Homo_sapiens.GRCh38.dna.toplevel.fa.gz",
        ),
        l(Received, "220 Welcome to EBI FTP Service"),
        l(Sent, "USER anonymous"),
        l(Received, "331 Please specify the password."),
        l(Sent, "PASS ****"),
        l(Received, "230 Login successful."),
        l(Story, "Signed in to ftp.ensembl.org as a guest"),
        l(Sent, "TYPE I"),
        l(Received, "200 Switching to Binary mode."),
        l(Sent, "SIZE /pub/release-114/toplevel.fa.gz"),
        l(Received, "213 4402341478"),
        l(Sent, "EPSV"),
        l(Received, "229 Entering Extended Passive Mode (|||49154|)."),
        l(Warning, "The server sent nothing for 8 s"),
        l(Sent, "RETR /pub/release-114/fasta/toplevel.fa.gz"),
        l(Received, "150 Opening BINARY mode data connection (4402341478 bytes)."),
    ]
}
fn prog(r: u64, e: Option<u64>, s: f64, rem: Option<u64>) -> News {
    News::Progress(Progress {
        received: r,
        expected: e,
        speed: s,
        remaining: rem.map(Duration::from_secs),
    })
}
fn done(p: &str, n: u64) -> News {
    News::Ended(Ok(Summary {
        path: p.into(),
        length: n,
        modified: None,
        sha256: Some([0xab; 32]),
        took: Duration::from_secs(77),
        verdict: Verdict::Complete,
    }))
}
fn kept(n: u64) -> Option<Kept> {
    Some(Kept { path: "/tmp/x.tar.gz.part".into(), length: n })
}
fn refused(code: u16, t: &str) -> News {
    News::Ended(Err(Failure::Server {
        server: "ftp.example.org".into(),
        is_guest: false,
        error: ftp::Error::Refused {
            command: "PASS ****".into(),
            reply: Reply { code, lines: vec![t.into()] },
        },
        kept: None,
    }))
}
fn build(scene: &str) -> Screen {
    let folder: std::path::PathBuf = "/tmp/ashore-preview".into();
    std::fs::create_dir_all(&folder).ok();
    std::fs::write(folder.join("README.txt"), "x").ok();
    let mut s = Screen::new(folder);
    use Phase::*;
    let big = "ftp://ftp.ensembl.org/pub/release-114/fasta/homo_sapiens/dna/Homo_sapiens.GRCh38.dna.toplevel.fa.gz";
    let bigto = "/tmp/ashore-preview/Homo_sapiens.GRCh38.dna.toplevel.fa.gz";
    let run = |s: &mut Screen| {
        let mut v = vec![News::Phase(Connecting)];
        v.extend(story());
        v.extend([
            News::Phase(Receiving),
            prog(1_203_456_789, Some(4_102_341_478), 11_400_000.0, Some(254)),
        ]);
        add(s, 50, big, bigto, v);
    };
    match scene {
        "empty" => {}
        "filled" => s.take(&Prefill { address: Some(big.into()), save_to: None }),
        "exists" => s.take(&Prefill {
            address: Some("ftp://ftp.example.org/pub/README.txt".into()),
            save_to: None,
        }),
        "bad" => {
            s.take(&Prefill { address: Some("http://example.org/x.zip".into()), save_to: None })
        }
        "bad2" => {
            s.take(&Prefill {
                address: Some("ftp://u:secret@ftp.example.org:2121/pub/x.zip".into()),
                save_to: Some("/nowhere/at/all/x.zip".into()),
            });
            s.form.is_more_open = true;
            s.form.texts.port = "abc".into();
            s.form.edited(ashore::window::form::Field::Port);
            s.form.texts.host = "a b".into();
            s.form.edited(ashore::window::form::Field::Host);
        }
        "running" => {
            s.take(&Prefill { address: Some(big.into()), save_to: None });
            run(&mut s)
        }
        "all" | "long" => {
            s.take(&Prefill { address: Some(big.into()), save_to: None });
            add(
                &mut s,
                1,
                "ftp://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz",
                "/tmp/hello-2.10.tar.gz",
                vec![done("/tmp/hello-2.10.tar.gz", 725_946)],
            );
            add(
                &mut s,
                2,
                "ftp://ftp.gnu.org/README",
                "/tmp/README.txt",
                vec![done("/tmp/README.txt", 12_400)],
            );
            add(
                &mut s,
                3,
                "ftp://ftp.example.org/stopped.iso",
                "/tmp/stopped.iso",
                vec![News::Ended(Err(Failure::Stopped { kept: kept(1_234_567) }))],
            );
            add(&mut s, 4, "ftp://ftp.example.org/later.zip", "/tmp/later.zip", vec![]);
            add(
                &mut s,
                5,
                "ftp://ftp.example.org/CHECKSUMS-old.txt",
                "/tmp/CHECKSUMS-old.txt",
                vec![News::Ended(Err(Failure::Doubtful {
                    doubt: Doubt::Short { announced: 4_194_304, received: 2_097_152 },
                    kept: kept(2_097_152),
                }))],
            );
            add(
                &mut s,
                6,
                "ftp://ftp.example.org/drop/report.pdf",
                "/tmp/report.pdf",
                vec![refused(530, "Login incorrect.")],
            );
            run(&mut s);
            add(
                &mut s,
                51,
                "ftp://ftp.noaa.gov/data/live.csv",
                "/tmp/live.csv",
                vec![News::Phase(Receiving), prog(12_345_678, None, 340_000.0, None)],
            );
            add(
                &mut s,
                52,
                "ftp://ftp.ncbi.nlm.nih.gov/README.ftp",
                "/tmp/README.ftp",
                vec![News::Phase(SigningIn)],
            );
            if scene == "long" {
                let n = "a-really-".repeat(40) + "long-name.tar.gz";
                add(
                    &mut s,
                    60,
                    &format!("ftp://some.very.long.host.name.at.a.university.example.org/{n}"),
                    &format!("/tmp/{n}"),
                    vec![
                        News::Phase(Receiving),
                        prog(
                            999_949_000_000,
                            Some(5_000_000_000_000),
                            999_900_000.0,
                            Some(100_000),
                        ),
                    ],
                );
                let n = "x\u{202e}gpj.日本語-exe";
                add(
                    &mut s,
                    61,
                    &format!("ftp://h.example/{n}"),
                    &format!("/tmp/{n}"),
                    vec![done(&format!("/tmp/{n}"), 5)],
                );
                let long = "blah ".repeat(100);
                add(
                    &mut s,
                    62,
                    "ftp://h.example/full.iso",
                    "/tmp/full.iso",
                    vec![refused(550, &long)],
                );
            }
        }
        "done" => {
            s.take(&Prefill {
                address: Some("ftp://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz".into()),
                save_to: None,
            });
            add(
                &mut s,
                1,
                "ftp://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz",
                "/tmp/hello-2.10.tar.gz",
                {
                    let mut v = story();
                    v.push(done("/tmp/hello-2.10.tar.gz", 725_946));
                    v
                },
            );
        }
        x => panic!("{x}"),
    }
    s
}
