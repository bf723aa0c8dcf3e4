//! Generates the parser from `grammar/arr.lalrpop` into the build's own directory.

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    let generated = lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(out)
        .emit_rerun_directives(true)
        .process();
    if let Err(error) = generated {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
