module "deploy" {
  source = "../../modules/deploy-user"

  name   = "web-deploy"
  bucket = "example-web-assets"
}

output "access_key_id" {
  value = module.deploy.access_key_id
}
