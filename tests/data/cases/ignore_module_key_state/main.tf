# keyturn:ignore[no-rotation,key-too-old] until=2099-01-01 reason="vendor"
module "a" {
  source = "./m"
}
