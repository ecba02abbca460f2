resource "time_rotating" "r" {
  rotation_days = 60
}
module "a" {
  source = "./m"
  name = "a"
  stamp = time_rotating.r.id
}
module "b" {
  source = "./m"
  name = "b"
  stamp = "1"
}
