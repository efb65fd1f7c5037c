//! The calls that give an upload its name, one after the other: ptrace(2)
//! stops the client of a download before each of them, and there it is killed.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use lesson_ftp::message::Reply;
use lesson_ftp::{Folder, Wire};
use lesson_unix_sockets::Folder as Scratch;
use nix::fcntl::{Flock, FlockArg};
use nix::libc::{self, c_long};
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use support::trials::Trials;

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-ftp");

const DUE: [c_long; 4] =
    [libc::SYS_fsync, libc::SYS_linkat, libc::SYS_renameat, libc::SYS_fsync];

fn main() -> ExitCode {
    let trials = Trials::new(support::lesson!());
    trials
        .claim(
            "the_file_is_synced_before_it_is_named_and_the_folder_after",
            missing,
            |_| synced_named_synced(),
        )
        .claim(
            "killed_before_any_of_the_calls_it_leaves_a_whole_file",
            missing,
            |_| killed_before_each(),
        )
        .claim(
            "no_other_upload_takes_the_hidden_name_of_a_living_one_away",
            missing,
            |_| stopped_before_its_name(),
        )
        .claim("a_hidden_name_that_is_another_s_by_now_stays", missing, |_| {
            another_s_by_now()
        })
        .run()
}

/// ptrace(2), /proc/sys/kernel/yama/ptrace_scope.
fn missing() -> Option<String> {
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    let forbidden = scope.is_ok_and(|it| ["2", "3"].contains(&it.trim()));
    forbidden.then(|| "kernel.yama.ptrace_scope forbids to trace".into())
}

fn synced_named_synced() {
    let (_scratch, folder) = stage();
    let (mut client, pid) = client_with_a_song(&folder);
    let calls: Vec<_> = DUE.map(|_| next_call(pid, &DUE)).into();

    let [(_, file), _, _, (_, above)] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert!(file.to_string_lossy().ends_with(" (deleted)"), "{file:?}");
    assert_eq!(*above, folder);
    let calls: Vec<_> = calls.iter().map(|(call, _)| *call).collect();
    assert_eq!(calls, DUE);
    client.kill().unwrap();
    client.wait().unwrap();
}

fn killed_before_each() {
    for (at, due, left) in
        [(0, "old", 0), (1, "old", 0), (2, "old", 1), (3, "new", 0)]
    {
        let (_scratch, folder) = stage();
        let (mut client, pid) = client_with_a_song(&folder);
        (0..=at).for_each(|_| drop(next_call(pid, &DUE)));
        client.kill().unwrap();
        client.wait().unwrap();

        let song = fs::read_to_string(folder.join("song")).unwrap();
        assert_eq!(song, due, "before call {at}");
        let names = names(&folder);
        assert_eq!(names.len() - 1, left, "before call {at}: {names:?}");
        for name in names {
            let bytes = fs::read_to_string(folder.join(&name)).unwrap();
            assert!(["old", "new"].contains(&&*bytes), "{name}: {bytes}");
        }
        // The next upload removes what nobody will give a name any more.
        let next = Folder::open(&folder).unwrap().upload("song").unwrap();
        next.commit().unwrap();
        assert_eq!(self::names(&folder), ["song"], "before call {at}");
    }
}

fn stopped_before_its_name() {
    let (_scratch, folder) = stage();
    let (mut client, pid) = client_with_a_song(&folder);
    next_call(pid, &[libc::SYS_renameat]);

    let other = Folder::open(&folder).unwrap().upload("other").unwrap();
    other.commit().unwrap();
    ptrace::detach(pid, None).unwrap();

    assert!(client.wait().unwrap().success());
    assert_eq!(fs::read_to_string(folder.join("song")).unwrap(), "new");
    assert_eq!(names(&folder), ["other", "song"]);
}

fn another_s_by_now() {
    let (_scratch, folder) = stage();
    let hidden = folder.join(".lesson-ftp-upload-0");
    fs::write(&hidden, "one").unwrap();
    let one = locked(&hidden);
    let (mut client, pid) = client_with_a_song(&folder);
    // It has opened the one, and would see whether that is alive.
    next_call(pid, &[libc::SYS_flock]);

    fs::rename(&hidden, folder.join("one")).unwrap();
    drop(one);
    fs::write(&hidden, "two").unwrap();
    let two = locked(&hidden);
    ptrace::detach(pid, None).unwrap();

    assert!(client.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&hidden).unwrap(), "two");
    assert_eq!(fs::read_to_string(folder.join("song")).unwrap(), "new");
    drop(two);
}

fn locked(path: &Path) -> Flock<File> {
    let file = File::open(path).unwrap();
    Flock::lock(file, FlockArg::LockExclusive).unwrap()
}

/// A folder with an old song in it.
fn stage() -> (Scratch, PathBuf) {
    let scratch = Scratch::new().unwrap();
    let folder = scratch.path("folder").to_path_buf();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("song"), "old").unwrap();
    (scratch, folder.canonicalize().unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(|it| name(it.unwrap())).collect();
    names.sort();
    names
}

/// A call, and what its first argument stands for as a descriptor.
type Call = (c_long, PathBuf);

/// A client that has asked for a song, and stops here before it is given it.
fn client_with_a_song(folder: &Path) -> (Child, Pid) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let song = folder.join("song");
    let client = Command::new(LESSON)
        .args(["client", &address, "wget", "song"])
        .arg(song)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (stream, _) = listener.accept().unwrap();
    let mut wire = Wire::new(stream);
    assert_eq!(wire.frame().unwrap().unwrap(), b"wget song");
    let pid = Pid::from_raw(client.id() as i32);
    ptrace::attach(pid).unwrap();
    waitpid(pid, None).unwrap();
    let options = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(pid, options).unwrap();
    wire.send(Reply::Size(3)).unwrap();
    wire.stream().write_all(b"new").unwrap();
    (client, pid)
}

/// Lets it go on to the next of these calls.
fn next_call(pid: Pid, of: &[c_long]) -> Call {
    let mut signal = None;
    loop {
        ptrace::syscall(pid, signal.take()).unwrap();
        match waitpid(pid, None).unwrap() {
            WaitStatus::PtraceSyscall(_) => {
                let info = ptrace::syscall_info(pid).unwrap();
                let begins = info.op == libc::PTRACE_SYSCALL_INFO_ENTRY;
                let call = begins.then(|| call(pid)).flatten();
                if let Some(call) = call.filter(|it| of.contains(&it.0)) {
                    return call;
                }
            }
            WaitStatus::Stopped(_, came) => signal = Some(came),
            other => panic!("{other:?}"),
        }
    }
}

/// proc_pid_syscall(5): the number and the arguments of a call.
fn call(pid: Pid) -> Option<Call> {
    let text = fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap();
    let mut words = text.split(' ');
    let number = words.next()?.parse().ok()?;
    let first = words.next()?.strip_prefix("0x")?;
    let fd = i64::from_str_radix(first, 16).ok();
    let link = fd.map(|fd| format!("/proc/{pid}/fd/{fd}"));
    let stands_for = link.and_then(|link| fs::read_link(link).ok());
    Some((number, stands_for.unwrap_or_default()))
}
