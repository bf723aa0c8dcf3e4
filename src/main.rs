//! The `arr` program: its command line is read, and what it asks for is run, by `arr::frontend`.

/// Small arrays and strings come and go with every operation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    std::process::exit(arr::frontend::main());
}
