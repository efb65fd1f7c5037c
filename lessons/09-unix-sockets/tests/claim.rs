//! A path taken with a lock: whatever is there, and whoever else comes.
//!
//! No test here starts a program: between fork and exec a child holds copies
//! of all descriptors, and another test's dead server would still answer.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use lesson_unix_sockets::{Claim, Folder, LONGEST, Refused};
use nix::errno::Errno;
use socket2::{Domain, SockAddr, Socket, Type};

/// A file that a server left behind.
fn stale(path: &Path) {
    drop(UnixListener::bind(path).unwrap());
    assert!(path.exists());
}

/// Whether `path` leads to this server.
fn leads_to(path: &Path, server: &UnixListener) -> bool {
    server.set_nonblocking(true).unwrap();
    UnixStream::connect(path).is_ok() && server.accept().is_ok()
}

fn errno(refused: &Refused) -> Option<Errno> {
    match refused {
        Refused::Call(_, e) => e.raw_os_error().map(Errno::from_raw),
        _ => None,
    }
}

#[test]
fn a_free_path_is_taken_and_free_again_at_the_end() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");

    for _ in 0..3 {
        let claim = Claim::take(&path).unwrap();
        assert!(leads_to(&path, &claim));
        drop(claim);
        assert!(!path.exists());
    }
}

#[test]
fn a_file_that_a_dead_server_left_is_cleared_away() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    stale(&path);

    let claim = Claim::take(&path).unwrap();

    assert!(leads_to(&path, &claim));
}

#[test]
fn a_file_that_a_dead_datagram_socket_left_is_cleared_away() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    drop(UnixDatagram::bind(&path).unwrap());

    let claim = Claim::take(&path).unwrap();

    assert!(leads_to(&path, &claim));
}

#[test]
fn a_server_with_the_lock_keeps_its_path() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let first = Claim::take(&path).unwrap();

    let refused = Claim::take(&path).unwrap_err();

    assert!(matches!(refused, Refused::Alive), "{refused}");
    assert!(leads_to(&path, &first));
}

#[test]
fn a_server_without_the_lock_keeps_its_path() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let first = UnixListener::bind(&path).unwrap();

    let refused = Claim::take(&path).unwrap_err();
    // The look was a client, too.
    first.accept().unwrap();

    assert!(matches!(refused, Refused::Alive), "{refused}");
    assert!(leads_to(&path, &first));
}

#[test]
fn a_server_whose_queue_is_full_keeps_its_path() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let first = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    first.bind(&SockAddr::unix(&path).unwrap()).unwrap();
    first.listen(0).unwrap();
    let _waits = UnixStream::connect(&path).unwrap();

    let refused = Claim::take(&path).unwrap_err();

    assert!(matches!(refused, Refused::Alive), "{refused}");
}

#[test]
fn a_datagram_socket_keeps_its_path() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let first = UnixDatagram::bind(&path).unwrap();

    let refused = Claim::take(&path).unwrap_err();

    assert!(matches!(refused, Refused::Alive), "{refused}");
    let client = UnixDatagram::unbound().unwrap();
    client.send_to(b"hello", &path).unwrap();
    assert_eq!(first.recv(&mut [0; 8]).unwrap(), 5);
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let folder = Folder::new().unwrap();
    let (file, link) = (folder.path("file"), folder.path("link"));
    let (dangling, inner) = (folder.path("dangling"), folder.path("inner"));
    fs::write(&file, "a diary").unwrap();
    symlink(&file, &link).unwrap();
    symlink(folder.path("nothing"), &dangling).unwrap();
    fs::create_dir(&inner).unwrap();

    for path in [&file, &link, &dangling, &inner] {
        let refused = Claim::take(path).unwrap_err();
        assert!(matches!(refused, Refused::NotASocket), "{refused}");
        assert!(path.symlink_metadata().is_ok());
        assert!(!path.with_extension("lock").exists());
    }
    assert_eq!(fs::read(&file).unwrap(), b"a diary");
}

#[test]
fn a_path_has_1_to_107_bytes() {
    let folder = Folder::new().unwrap();
    let room = LONGEST - folder.path("").as_os_str().len();
    let (fits, too_long) = ("x".repeat(room), "x".repeat(room + 1));

    assert!(Claim::take(&folder.path(fits)).is_ok());
    let refused = Claim::take(&folder.path(too_long)).unwrap_err();
    assert!(matches!(refused, Refused::Length(108)), "{refused}");
    let refused = Claim::take(Path::new("")).unwrap_err();
    assert!(matches!(refused, Refused::Length(0)), "{refused}");
}

#[test]
fn a_folder_that_is_missing_is_told() {
    let folder = Folder::new().unwrap();

    let refused = Claim::take(&folder.path("no/s")).unwrap_err();

    assert_eq!(errno(&refused), Some(Errno::ENOENT));
    assert_eq!(
        refused.to_string(),
        "open PATH.lock: No such file or directory (ENOENT)"
    );
}

#[test]
fn a_lock_is_not_followed_through_a_link() {
    let folder = Folder::new().unwrap();
    let elsewhere = folder.path("elsewhere");
    symlink(&elsewhere, folder.path("s.lock")).unwrap();

    let refused = Claim::take(&folder.path("s")).unwrap_err();

    assert_eq!(errno(&refused), Some(Errno::ELOOP));
    assert!(!elsewhere.exists());
}

#[test]
fn a_file_that_somebody_else_put_there_stays() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let robbed = Claim::take(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();

    drop(robbed);

    assert!(leads_to(&path, &other));
}

#[test]
fn of_many_at_once_exactly_one_gets_the_path() {
    const THREADS: usize = 8;
    for _ in 0..100 {
        let folder = Folder::new().unwrap();
        let path = folder.path("s");
        stale(&path);
        let (start, tried) = (Barrier::new(THREADS), Barrier::new(THREADS));

        let take = || {
            start.wait();
            let claim = Claim::take(&path);
            // Nobody leaves before all have tried.
            tried.wait();
            match claim {
                Ok(claim) => leads_to(&path, &claim),
                Err(Refused::Alive) => false,
                Err(refused) => panic!("{refused}"),
            }
        };
        let won: usize = thread::scope(|scope| {
            let threads: Vec<_> =
                (0..THREADS).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|t| t.join().unwrap() as usize).sum()
        });

        assert_eq!(won, 1);
    }
}

#[test]
fn of_many_that_come_and_go_none_is_robbed() {
    const THREADS: usize = 8;
    let folder = Folder::new().unwrap();
    let path = folder.path("s");

    let served = || {
        let mut served = 0;
        for _ in 0..200 {
            match Claim::take(&path) {
                // While it has the claim, the path leads to it.
                Ok(claim) if leads_to(&path, &claim) => served += 1,
                Ok(_) => panic!("robbed"),
                Err(Refused::Alive) => thread::yield_now(),
                Err(refused) => panic!("{refused}"),
            }
        }
        served
    };
    let served: usize = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(served)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });

    assert!(served > 0);
}
