//! The few calls to CloudFormation, Lambda, S3, and SES that the local system makes: their clients would be most of its build.

pub(crate) mod cloudformation;
mod lambda;
mod s3;
mod ses;
