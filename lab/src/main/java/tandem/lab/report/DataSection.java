package tandem.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tandem.core.data.ClassBalance;
import tandem.core.data.Dataset;
import tandem.core.data.Images;
import tandem.lab.page.Block;
import tandem.lab.page.Section;

/** What the engines were trained on: how many images of each class, and some of them. */
final class DataSection {
    /** Images of one class. */
    private static final int MOST = 6;

    /** Images of all classes; the file stays small. */
    private static final int DRAWN = 80;

    private DataSection() {}

    static Section of(ComparisonReport report) {
        Dataset data = report.images();
        List<Block> blocks = new ArrayList<>();
        if (data != null) {
            ClassBalance balance = data.balance();
            List<String> names = data.names();
            List<Block.ClassRow> rows = new ArrayList<>();
            int samples = Math.clamp(DRAWN / data.classes(), 1, MOST);
            for (int label = 0; label < data.classes(); label++) {
                int train = balance.train()[label];
                int test = balance.test()[label];
                if (train + test > 0) {
                    rows.add(new Block.ClassRow(names.get(label), train, test, samples(data.train(), label, samples)));
                }
            }
            blocks.add(new Block.Classes(data.train().rows(), data.train().columns(), rows));
            data.remarks().forEach(remark -> blocks.add(new Block.Note(remark + ".")));
        }
        return new Section(
                "data",
                "The images",
                "How many training images each class has, and the first of them as the network saw them.",
                blocks);
    }

    private static List<byte[]> samples(Images images, int label, int most) {
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < images.count() && samples.size() < most; i++) {
            if (images.label(i) == label) {
                samples.add(Arrays.copyOfRange(images.pixels(), i * images.size(), (i + 1) * images.size()));
            }
        }
        return samples;
    }
}
