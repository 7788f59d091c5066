# httpuv: an error of a handler closes the connection with 1011.
suppressMessages({library(httpuv); library(later)})
text <- function(name) Sys.getenv(paste0("PLAN_", name))
number <- function(name) if (text(name) == "") 0 else as.numeric(text(name))
code <- if (number("CODE") > 0) as.integer(number("CODE")) else 1000L

open_session <- function(ws) {
  self <- new.env()
  self$gone <- FALSE; self$count <- 0; self$bytes <- 0; self$heard <- Sys.time()
  end <- function() if (!self$gone) { self$gone <- TRUE; ws$close(code, text("REASON")) }
  after <- function(seconds, call) later(function() if (!self$gone) call(), seconds)
  watch <- function() {
    left <- number("IDLE_S") - as.numeric(difftime(Sys.time(), self$heard, units = "secs"))
    if (left <= 0) end() else after(left, watch)
  }
  push <- function() { ws$send('{"type":"news"}'); after(number("PUSH_S"), push) }
  if (text("HELLO") != "") ws$send(text("HELLO"))
  if (number("AGE_S") > 0) after(number("AGE_S"), end)
  if (number("IDLE_S") > 0) watch()
  if (number("LOGIN_S") > 0) after(number("LOGIN_S"), function() if (self$count == 0) end())
  if (number("PUSH_S") > 0) after(number("PUSH_S"), push)
  ws$onMessage(function(binary, message) {
    if (binary) message <- rawToChar(message)
    self$heard <- Sys.time(); self$count <- self$count + 1; self$bytes <- self$bytes + nchar(message, "bytes")
    if (text("CRASH") != "" && grepl(text("CRASH"), message, fixed = TRUE)) stop("the handler failed")
    over <- (number("COUNT") > 0 && self$count >= number("COUNT")) || (number("BYTES") > 0 && self$bytes >= number("BYTES"))
    if (over) end() else ws$send(message)
  })
  ws$onClose(function() self$gone <- TRUE)
}
startServer("127.0.0.1", as.integer(commandArgs(TRUE)[1]), list(onWSOpen = open_session))
repeat { service(1000) }
