# keyturn:ignore[no-rotation] until=2099-01-01 reason="vendor"
module "a" {
  source = "./m"
}
module "b" {
  source = "./m"
}
