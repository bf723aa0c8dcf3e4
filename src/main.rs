//! The `arr` program: its command line is read, and what it asks for is run, by `arr::frontend`.

/// Small arrays and strings come and go with every operation; lists and strings that grow are watched.
#[global_allocator]
static ALLOCATOR: arr::frontend::os::Allocator = arr::frontend::os::Allocator;

fn main() {
    std::process::exit(arr::frontend::main());
}
