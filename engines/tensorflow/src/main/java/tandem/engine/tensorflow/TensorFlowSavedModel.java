package tandem.engine.tensorflow;

import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.data.Normalisation;

/**
 * A trained network as a SavedModel, without dropout. Its parameters are constants of the graph: TensorFlow Java's own
 * exporter leaves out the values of resource variables and says nothing.
 *
 * <pre>
 * image   [n, rows, columns, 1]   float, normalised; or uint8, if the normalisation is part of the model
 * logits  [n, classes]            float
 * </pre>
 */
final class TensorFlowSavedModel {
    private static final String INPUT = "image";
    private static final String OUTPUT = "logits";

    /** What TensorFlow's loaders, its servers and {@code tf.saved_model.load} look for if they are told nothing. */
    private static final String TAG = "serve";

    private static final String SIGNATURE = "serving_default";
    private static final String METHOD = "tensorflow/serving/predict";

    private static final String FILE = "saved_model.pb";
    private static final int SCHEMA_VERSION = 1;
    private static final float LARGEST_PIXEL = 255;

    private TensorFlowSavedModel() {}

    /**
     * Writes {@code saved_model.pb}, whole or not at all.
     *
     * @param normalisation of pixels, a part of the model if it takes raw ones
     * @param rawPixels whether the input is bytes from 0 to 255
     * @param folder is made if it lacks
     * @throws Failure if the file cannot be written
     */
    static void write(Model model, Normalisation normalisation, boolean rawPixels, Path folder) {
        SavedModel saved = SavedModel.newBuilder()
                .setSavedModelSchemaVersion(SCHEMA_VERSION)
                .addMetaGraphs(metaGraph(model, normalisation, rawPixels))
                .build();
        AtomicFile.write(folder.resolve(FILE), saved::writeTo);
    }

    private static MetaGraphDef metaGraph(Model model, Normalisation normalisation, boolean rawPixels) {
        Network network = model.network();
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Placeholder.Options shape = Placeholder.shape(Shape.of(-1, network.rows(), network.columns(), 1));
            Operand<TFloat32> images = rawPixels
                    ? normalised(tf, tf.withName(INPUT).placeholder(TUint8.class, shape), normalisation)
                    : tf.withName(INPUT).placeholder(TFloat32.class, shape);
            TensorFlowTensors constants = new TensorFlowTensors(tf, network, model.parameters());
            Operand<TFloat32> logits = new TensorFlowNetwork(tf, network, constants).forward(images, null, null);
            tf.withName(OUTPUT).identity(logits);
            return MetaGraphDef.newBuilder()
                    .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder()
                            .addTags(TAG)
                            .setTensorflowVersion(TensorFlow.version()))
                    .setGraphDef(graph.toGraphDef())
                    .putSignatureDef(SIGNATURE, signature(network, rawPixels))
                    .build();
        }
    }

    /** In float32, in the order of torchvision's {@code ToTensor} and {@code Normalize}. */
    private static Operand<TFloat32> normalised(Ops tf, Operand<TUint8> pixels, Normalisation normalisation) {
        Operand<TFloat32> scaled =
                tf.math.div(tf.dtypes.cast(pixels, TFloat32.class), tf.constant(LARGEST_PIXEL)); // [n, 28, 28, 1]
        Operand<TFloat32> centred = tf.math.sub(scaled, tf.constant((float) normalisation.mean()));
        return tf.math.div(centred, tf.constant((float) normalisation.standardDeviation()));
    }

    private static SignatureDef signature(Network network, boolean rawPixels) {
        return SignatureDef.newBuilder()
                .setMethodName(METHOD)
                .putInputs(
                        INPUT,
                        tensor(
                                INPUT,
                                rawPixels ? DataType.DT_UINT8 : DataType.DT_FLOAT,
                                -1,
                                network.rows(),
                                network.columns(),
                                1))
                .putOutputs(OUTPUT, tensor(OUTPUT, DataType.DT_FLOAT, -1, network.classes()))
                .build();
    }

    private static TensorInfo tensor(String operation, DataType type, long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return TensorInfo.newBuilder()
                .setName(operation + ":0")
                .setDtype(type)
                .setTensorShape(shape)
                .build();
    }
}
