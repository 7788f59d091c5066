// The plan's settings, and what a server of this folder does to a connection, for C++.
#pragma once
#include <cstdlib>
#include <string>

inline std::string text(const char *name) {
  const char *value = std::getenv((std::string("PLAN_") + name).c_str());
  return value ? value : "";
}
inline double number(const char *name) { return std::atof(text(name).c_str()); }
inline long ms(const char *name) { return static_cast<long>(1000 * number(name)); }

struct Counts {
  int messages = 0;
  long bytes = 0;
  bool fails(const std::string &message) const {
    return !text("CRASH").empty() && message.find(text("CRASH")) != std::string::npos;
  }
  bool is_over(const std::string &message) {
    messages += 1;
    bytes += static_cast<long>(message.size());
    return (number("COUNT") > 0 && messages >= number("COUNT")) || (number("BYTES") > 0 && bytes >= number("BYTES"));
  }
};
inline int close_code() { return number("CODE") > 0 ? static_cast<int>(number("CODE")) : 1000; }
