resource "time_rotating" "r" {
  rotation_days = 200
}
module "a" {
  source = "./m"
  stamp = time_rotating.r.id
}
