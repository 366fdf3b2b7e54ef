// Counts the letters of each line, and writes it in capitals: in UTF-8, whatever the environment says.
#include <clocale>
#include <cwchar>
#include <cwctype>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

std::wstring decode(const std::string& line) {
    std::wstring wide;
    std::mbstate_t state{};
    const char* at = line.data();
    std::size_t left = line.size();
    while (left > 0) {
        wchar_t letter = 0;
        const std::size_t length = std::mbrtowc(&letter, at, left, &state);
        if (length > left) throw std::runtime_error("not UTF-8: " + line);
        const std::size_t step = length == 0 ? 1 : length;
        wide += letter;
        at += step;
        left -= step;
    }
    return wide;
}

std::string capitals(const std::wstring& wide) {
    std::string line;
    std::mbstate_t state{};
    char bytes[16];
    for (const wchar_t letter : wide) line.append(bytes, std::wcrtomb(bytes, std::towupper(letter), &state));
    return line;
}

}  // namespace

int main() {
    try {
        if (std::setlocale(LC_ALL, "C.UTF-8") == nullptr) throw std::runtime_error("no locale C.UTF-8");
        for (std::string line; std::getline(std::cin, line);) {
            const std::wstring wide = decode(line);
            std::cout << wide.size() << ' ' << capitals(wide) << '\n';
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "letters: " << error.what() << '\n';
        return 1;
    }
}
