resource "time_rotating" "r" {
  rotation_days = 60
}
output "stamp" {
  value = time_rotating.r.id
}
