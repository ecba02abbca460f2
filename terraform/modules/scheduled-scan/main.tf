# A schedule that calls the function, which scans and delivers.

data "aws_caller_identity" "current" {}

resource "aws_iam_role" "schedule" {
  name                 = "${var.name}-schedule"
  description          = "Lets EventBridge Scheduler start ${var.name}"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  name = "${var.name}-schedule"
  role = aws_iam_role.schedule.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = module.function.function_arn }]
  })
}

# A call that fails is tried again, and what is left of it then is told: without this a scan could be missing for weeks unseen.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = module.function.function_arn
  maximum_retry_attempts = 2

  dynamic "destination_config" {
    for_each = var.topic_arn == null ? [] : [var.topic_arn]

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}

resource "aws_scheduler_schedule" "this" {
  name                         = var.name
  description                  = "Keyturn scans access keys"
  schedule_expression          = var.schedule
  schedule_expression_timezone = var.timezone

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = module.function.function_arn
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ task = "scan" })

    retry_policy {
      maximum_retry_attempts = 2
    }
  }
}
