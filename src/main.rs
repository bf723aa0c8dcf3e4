fn main() {
    println!("arr");
}
