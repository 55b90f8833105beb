//! A real FTP server inside this process (libunftp), shared by the tests and the practice example.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use libunftp::ServerBuilder;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, DefaultUser, Principal};
use unftp_core::storage::{Error, ErrorKind, Fileinfo, Result, StorageBackend};
use unftp_sbe_fs::{Filesystem, Meta};

/// A running server. Dropping it ends it and every conversation with it.
#[derive(Debug)]
pub(crate) struct Embedded {
    at: SocketAddr,
    _runtime: Runtime,
}

impl Embedded {
    /// Serves `folder` to guests, for reading only, on a free port of the loopback address `ip`.
    ///
    /// `pace`, in bytes per second, is how fast each file comes; without one, as fast as it can.
    pub(crate) fn serve(ip: IpAddr, folder: &Path, pace: Option<u64>) -> io::Result<Self> {
        Self::open(ip, folder, pace, None)
    }

    /// Serves `folder` to one person with a name and a password, and to nobody else.
    #[allow(dead_code, reason = "not every story asks for a password")]
    pub(crate) fn serve_to(member: Member, ip: IpAddr, folder: &Path) -> io::Result<Self> {
        Self::open(ip, folder, None, Some(member))
    }

    fn open(
        ip: IpAddr,
        folder: &Path,
        pace: Option<u64>,
        member: Option<Member>,
    ) -> io::Result<Self> {
        Filesystem::new(folder)?; // Fails here, and not later in the server, if there is none.
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((ip, 0)))?;
        let at = listener.local_addr()?;
        let folder = folder.to_owned();
        runtime.spawn(async move {
            while let Ok((guest, _)) = listener.accept().await {
                let folder = folder.clone();
                let shelf = Box::new(move || Shelf::new(&folder, pace));
                let server = match member {
                    Some(member) => ServerBuilder::with_authenticator(shelf, Arc::new(member)),
                    None => ServerBuilder::new(shelf),
                };
                let server = server.greeting("Practice harbour").build();
                if let Ok(server) = server {
                    tokio::spawn(server.service(guest));
                }
            }
        });
        Ok(Self { at, _runtime: runtime })
    }

    /// Where it listens.
    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }
}

/// The one person who is let in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) password: &'static str,
}

#[async_trait::async_trait]
impl Authenticator for Member {
    async fn authenticate(
        &self,
        name: &str,
        shown: &Credentials,
    ) -> std::result::Result<Principal, AuthenticationError> {
        match shown.password.as_deref() == Some(self.password) && name == self.name {
            true => Ok(Principal { username: name.to_owned() }),
            false => Err(AuthenticationError::BadPassword),
        }
    }
}

/// A folder that can be read and not written, at a pace.
#[derive(Debug)]
struct Shelf {
    files: Option<Filesystem>,
    pace: Option<u64>,
}

impl Shelf {
    fn new(folder: &PathBuf, pace: Option<u64>) -> Self {
        Self { files: Filesystem::new(folder).ok(), pace }
    }

    fn files(&self) -> Result<&Filesystem> {
        self.files.as_ref().ok_or_else(|| ErrorKind::PermanentDirectoryNotAvailable.into())
    }
}

fn no_writing<T>() -> Result<T> {
    Err(Error::from(ErrorKind::PermissionDenied))
}

#[async_trait::async_trait]
impl StorageBackend<DefaultUser> for Shelf {
    type Metadata = Meta;

    fn supported_features(&self) -> u32 {
        unftp_core::storage::FEATURE_RESTART
    }

    async fn metadata<P: AsRef<Path> + Send + Debug>(
        &self,
        user: &DefaultUser,
        path: P,
    ) -> Result<Meta> {
        self.files()?.metadata(user, path).await
    }

    async fn list<P: AsRef<Path> + Send + Debug>(
        &self,
        user: &DefaultUser,
        path: P,
    ) -> Result<Vec<Fileinfo<PathBuf, Meta>>> {
        self.files()?.list(user, path).await
    }

    async fn get<P: AsRef<Path> + Send + Debug>(
        &self,
        user: &DefaultUser,
        path: P,
        start: u64,
    ) -> Result<Box<dyn AsyncRead + Send + Sync + Unpin>> {
        let file = self.files()?.get(user, path, start).await?;
        Ok(match self.pace {
            None => file,
            Some(pace) => Box::new(paced(file, pace)),
        })
    }

    async fn cwd<P: AsRef<Path> + Send + Debug>(&self, user: &DefaultUser, path: P) -> Result<()> {
        self.files()?.cwd(user, path).await
    }

    async fn put<P, R>(&self, _: &DefaultUser, _: R, _: P, _: u64) -> Result<u64>
    where
        P: AsRef<Path> + Send + Debug,
        R: AsyncRead + Send + Sync + Unpin + 'static,
    {
        no_writing()
    }

    async fn del<P: AsRef<Path> + Send + Debug>(&self, _: &DefaultUser, _: P) -> Result<()> {
        no_writing()
    }

    async fn mkd<P: AsRef<Path> + Send + Debug>(&self, _: &DefaultUser, _: P) -> Result<()> {
        no_writing()
    }

    async fn rename<P: AsRef<Path> + Send + Debug>(
        &self,
        _: &DefaultUser,
        _: P,
        _: P,
    ) -> Result<()> {
        no_writing()
    }

    async fn rmd<P: AsRef<Path> + Send + Debug>(&self, _: &DefaultUser, _: P) -> Result<()> {
        no_writing()
    }
}

/// How often a paced file goes on.
const TICK: Duration = Duration::from_millis(50);

/// The same bytes, `pace` of them per second.
fn paced(
    mut file: impl AsyncRead + Send + Unpin + 'static,
    pace: u64,
) -> impl AsyncRead + Send + Sync + Unpin {
    let (mut into, out) = tokio::io::duplex(1 << 18);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            let mut some = (&mut file).take((pace / 20).max(1));
            match tokio::io::copy(&mut some, &mut into).await {
                Ok(1..) => (),
                Ok(0) | Err(_) => break into.shutdown().await,
            }
        }
    });
    out
}
