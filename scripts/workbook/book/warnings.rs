//! mdBook only logs much of what is wrong with a book. Here a warning is
//! caught, so that it can fail the build.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Runs `work` and returns with its result what it warned of.
pub fn caught<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let result =
        tracing::subscriber::with_default(Catcher { told: told.clone() }, work);
    let told =
        std::mem::take(&mut *told.lock().unwrap_or_else(|e| e.into_inner()));
    (result, told)
}

struct Catcher {
    told: Arc<Mutex<Vec<String>>>,
}

impl Subscriber for Catcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Levels are ordered by how much they tell: ERROR is the least.
        *metadata.level() <= Level::WARN
            && metadata.target().starts_with("mdbook")
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.told.lock().unwrap_or_else(|e| e.into_inner()).push(message.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing to a String can't fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_caught_and_news_is_not() {
        let (result, told) = caught(|| {
            tracing::warn!(target: "mdbook", "unclosed {}", "tag");
            tracing::info!(target: "mdbook", "built");
            tracing::warn!(target: "else", "something");
            7
        });

        assert_eq!((result, told), (7, vec!["unclosed tag".to_string()]));
    }
}
