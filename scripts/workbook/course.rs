//! The course as it lies on disk: lessons and their exercises.
//!
//! ```text
//! lessons/05-framing/Cargo.toml            [[test]] entries: the order
//! lessons/05-framing/exercises/varint/     one folder for each exercise
//!     stub.rs                              its //! lines: title and task
//! ```
//!
//! Nothing is listed a second time anywhere: a new folder with its `[[test]]`
//! entry is in the course.
//!
//! Start reading at [`Course::read`] and [`Course::find`].

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// All lessons, in the order of their chapters.
pub struct Course {
    /// In the order of their numbers.
    pub lessons: Vec<Lesson>,
}

/// One chapter's crate.
pub struct Lesson {
    /// The chapter, in two digits: `05`.
    pub number: String,
    /// What the chapter is about: `framing`.
    pub topic: String,
    /// The crate's name: `lesson-framing`.
    pub package: String,
    /// The crate's folder, absolute.
    pub folder: PathBuf,
    /// In the order in which they are to be solved.
    pub exercises: Vec<Exercise>,
}

/// One exercise, and where its files are.
pub struct Exercise {
    /// The name of its folder and of its test target: `length_prefix`.
    pub name: String,
    /// The topic of its lesson: `framing`.
    pub topic: String,
    /// The crate's name: `lesson-framing`.
    pub package: String,
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// The stub's first line, without its full stop.
    pub title: String,
    /// The stub's first paragraph, as Markdown in one line.
    pub task: String,
}

/// What a name stands for.
pub enum Found<'a> {
    /// `05`, `framing`, `lesson-framing`.
    Lesson(&'a Lesson),
    /// `length_prefix`, `framing/length_prefix`.
    Exercise(&'a Exercise),
}

/// A name that the course doesn't have, or has more than once.
#[derive(Debug)]
pub struct Unknown {
    /// What to tell the reader, what to do next included.
    pub advice: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.advice)
    }
}

impl std::error::Error for Unknown {}

/// The workspace around the current folder; where there is none, the one
/// that this program was built in.
pub fn root() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let is_root =
        |f: &&Path| f.join("lessons").is_dir() && f.join("book").is_dir();
    let around = here.ancestors().find(is_root).map(Path::to_path_buf);
    around.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into())
}

impl Course {
    /// Reads the lessons below `root`, the folder of the workspace.
    ///
    /// Fails where a manifest can't be read, or where an exercise that it
    /// names has no stub.
    pub fn read(root: &Path) -> Result<Course> {
        let folder = root.join("lessons");
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("can't read {}", folder.display()))?;
        let mut lessons = Vec::new();
        for entry in entries {
            lessons.extend(Lesson::read(&entry?.path())?);
        }
        lessons.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(Course { lessons })
    }

    /// All exercises, in the order in which they are to be solved.
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.lessons.iter().flat_map(|lesson| &lesson.exercises)
    }

    /// Finds what a name stands for; the error gives the nearest names.
    pub fn find(&self, name: &str) -> Result<Found<'_>, Unknown> {
        if let Some(lesson) = self.lessons.iter().find(|l| l.is_called(name)) {
            return Ok(Found::Lesson(lesson));
        }
        self.exercise(name).map(Found::Exercise)
    }

    /// Finds a lesson by `05`, `5`, `framing` or `lesson-framing`.
    pub fn lesson(&self, name: &str) -> Result<&Lesson, Unknown> {
        let found = self.lessons.iter().find(|l| l.is_called(name));
        found.ok_or_else(|| self.unknown("lesson", name))
    }

    /// Finds an exercise by `length_prefix` or `framing/length_prefix`.
    pub fn exercise(&self, name: &str) -> Result<&Exercise, Unknown> {
        let called = |e: &&Exercise| e.name == name || e.id() == name;
        match self.exercises().filter(called).collect::<Vec<_>>()[..] {
            [exercise] => Ok(exercise),
            [] => Err(self.unknown("exercise", name)),
            ref several => Err(ambiguous(name, several)),
        }
    }

    fn unknown(&self, kind: &str, name: &str) -> Unknown {
        let topics = self.lessons.iter().map(|l| l.topic.clone());
        let near = match kind {
            "lesson" => nearest(name, topics),
            _ => {
                let ids = self.exercises().map(Exercise::id);
                let names = self.exercises().map(|e| e.name.clone());
                nearest(name, names.chain(ids).chain(topics))
            }
        };
        let advice = match near.join("`, `") {
            near if near.is_empty() => {
                "`cargo workbook list` shows them all".to_string()
            }
            near => format!("did you mean `{near}`?"),
        };
        Unknown { advice: format!("no {kind} is called `{name}`; {advice}") }
    }
}

impl Lesson {
    /// Reads the lesson in a folder `NN-topic`; other folders hold none.
    fn read(folder: &Path) -> Result<Option<Lesson>> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let Some((number, topic)) = name.split_once('-') else {
            return Ok(None);
        };
        let path = folder.join("Cargo.toml");
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        if !digits || !path.exists() {
            return Ok(None);
        }
        let manifest = read(&path)?;
        let manifest: Manifest = toml::from_str(&manifest)
            .with_context(|| format!("in {}", path.display()))?;
        let mut lesson = Lesson {
            number: number.to_string(),
            topic: topic.to_string(),
            package: manifest.package.name,
            folder: folder.to_path_buf(),
            exercises: Vec::new(),
        };
        for test in manifest.tests {
            if test.path.starts_with("exercises/") {
                lesson.exercises.push(Exercise::read(&lesson, test.name)?);
            }
        }
        Ok(Some(lesson))
    }

    fn is_called(&self, name: &str) -> bool {
        let number = self.number.trim_start_matches('0');
        let names: [&str; 4] =
            [&self.topic, &self.package, &self.number, number];
        names.contains(&name)
    }
}

impl Exercise {
    fn read(lesson: &Lesson, name: String) -> Result<Exercise> {
        let folder = lesson.folder.join("exercises").join(&name);
        let stub = read(&folder.join("stub.rs"))?;
        let (title, task) = title_and_task(&stub);
        Ok(Exercise {
            name,
            topic: lesson.topic.clone(),
            package: lesson.package.clone(),
            folder,
            title,
            task,
        })
    }

    /// The name that is unique in the course: `framing/length_prefix`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.topic, self.name)
    }

    /// The learner's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("exercise.rs")
    }
}

/// The part of a lesson's manifest that the course is read from.
#[derive(serde::Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default, rename = "test")]
    tests: Vec<TestTarget>,
}

#[derive(serde::Deserialize)]
struct Package {
    name: String,
}

#[derive(serde::Deserialize)]
struct TestTarget {
    name: String,
    #[serde(default)]
    path: String,
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("can't read {}", path.display()))
}

/// The first `//!` line without its full stop, and the first paragraph after
/// it as one line.
fn title_and_task(stub: &str) -> (String, String) {
    let mut docs =
        stub.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let title = docs.next().unwrap_or_default().trim_end_matches('.');
    let task: Vec<_> = docs
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    (title.to_string(), task.join(" "))
}

fn ambiguous(name: &str, several: &[&Exercise]) -> Unknown {
    let ids: Vec<_> = several.iter().map(|e| e.id()).collect();
    let ids = ids.join("` or `");
    Unknown { advice: format!("`{name}` is in several lessons: say `{ids}`") }
}

/// At most three names that somebody who wrote `name` may have meant.
pub fn nearest(name: &str, all: impl Iterator<Item = String>) -> Vec<String> {
    let likeness = |other: &str| strsim::jaro_winkler(name, other);
    let mut near: Vec<_> = all
        .map(|other| (likeness(&other), other))
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().map(|(_, other)| other).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise(topic: &str, name: &str) -> Exercise {
        Exercise {
            name: name.into(),
            topic: topic.into(),
            package: format!("lesson-{topic}"),
            folder: PathBuf::from(name),
            title: String::new(),
            task: String::new(),
        }
    }

    fn course() -> Course {
        let lesson = |number: &str, topic: &str, names: &[&str]| Lesson {
            number: number.into(),
            topic: topic.into(),
            package: format!("lesson-{topic}"),
            folder: PathBuf::from(topic),
            exercises: names.iter().map(|n| exercise(topic, n)).collect(),
        };
        Course {
            lessons: vec![
                lesson("05", "framing", &["line_decoder", "length_prefix"]),
                lesson("06", "udp", &["echo"]),
                lesson("09", "unix-sockets", &["echo"]),
            ],
        }
    }

    #[test]
    fn a_lesson_has_four_names() {
        let course = course();

        for name in ["05", "5", "framing", "lesson-framing"] {
            assert_eq!(course.lesson(name).unwrap().topic, "framing");
        }
    }

    #[test]
    fn an_exercise_is_found_by_its_short_and_its_full_name() {
        let course = course();

        for name in ["length_prefix", "framing/length_prefix"] {
            let found = course.exercise(name).unwrap();
            assert_eq!(found.id(), "framing/length_prefix");
        }
    }

    #[test]
    fn a_name_in_two_lessons_must_be_said_in_full() {
        let course = course();

        let advice = course.exercise("echo").err().unwrap().advice;

        assert!(advice.contains("`udp/echo` or `unix-sockets/echo`"));
        assert_eq!(course.exercise("udp/echo").unwrap().topic, "udp");
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_names() {
        let course = course();

        let advice = |name| course.find(name).err().unwrap().advice;

        assert!(advice("lenght_prefix").contains("mean `length_prefix`"));
        assert!(advice("frameing").contains("`framing`"));
        assert!(advice("xyzzy").contains("cargo workbook list"));
    }

    #[test]
    fn the_title_and_the_task_come_from_the_stub() {
        let stub = "//! Read one message.\n//!\n//! A length goes\n//! \
                    before it.\n//!\n//! More.\n\nfn f() {}\n";

        let (title, task) = title_and_task(stub);

        assert_eq!(title, "Read one message");
        assert_eq!(task, "A length goes before it.");
    }

    #[test]
    fn the_course_on_disk_can_be_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));

        let course = Course::read(root).unwrap();

        assert_eq!(course.lesson("05").unwrap().package, "lesson-framing");
    }
}
