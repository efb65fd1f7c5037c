//! Frames, layer by layer: views over bytes, and the spans of their fields.
